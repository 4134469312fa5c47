/**
 * The specification of the scaling plan. Topic `orders` has `partitions`; all rates are records per
 * second.
 */
import type { NoPlanId } from '#core/scaling/scaling-plan.ts';

export interface PlanScenario {
  readonly title: string;
  readonly partitions: number;
  readonly members: number;
  /** Running tasks; by default the number of members. */
  readonly tasks?: number;
  readonly produce: number;
  readonly consume: number;
  readonly lag?: number;
  readonly assignor?: string;
  readonly maxTasks?: number;
  readonly maxCapacity?: number;
  readonly maxStepTasks?: number;
  /** Partitions of a second, abandoned topic, each with a large lag. */
  readonly abandoned?: number;
  /** Tasks after the step, or why there is none. */
  readonly to: number | NoPlanId;
}

export const PLAN_SCENARIOS: readonly PlanScenario[] = [
  {
    title: '2 consumers of 100/s each, 480/s on 8 partitions: 4 consumers would need 120/s each, so 8',
    partitions: 8,
    members: 2,
    produce: 480,
    consume: 200,
    to: 8,
  },
  {
    title: 'a load for 4 consumers: 4, since with 3 one consumer has 3 partitions',
    partitions: 8,
    members: 2,
    produce: 250,
    consume: 200,
    to: 4,
  },
  {
    title: 'a load far above the cap: the cap',
    partitions: 8,
    members: 2,
    produce: 100_000,
    consume: 200,
    to: 8,
  },
  {
    title: '12 consumers on 24 partitions with slightly too much load: 24, since with 13 to 23 one consumer has two',
    partitions: 24,
    members: 12,
    produce: 1300,
    consume: 1200,
    to: 24,
  },
  {
    title: '22 consumers on 24 partitions: the cap',
    partitions: 24,
    members: 22,
    produce: 2500,
    consume: 2200,
    to: 24,
  },
  {
    title: 'a backlog counts: the produce rate alone would need 4',
    partitions: 8,
    members: 2,
    produce: 250,
    consume: 200,
    lag: 180_000,
    to: 8,
  },
  {
    title: 'two consumers per task: the plan counts tasks, not members',
    partitions: 8,
    members: 4,
    tasks: 2,
    produce: 480,
    consume: 200,
    to: 4,
  },
  {
    title: 'an odd number of partitions with two consumers per task: the last task is half idle',
    partitions: 9,
    members: 4,
    tasks: 2,
    produce: 4800,
    consume: 200,
    to: 5,
  },
  { title: 'maxTasks limits the step', partitions: 8, members: 2, produce: 480, consume: 200, maxTasks: 4, to: 4 },
  {
    title: 'maxTasks that allows an idle task: 5 tasks on 8 partitions are no better than 4',
    partitions: 8,
    members: 2,
    produce: 480,
    consume: 200,
    maxTasks: 5,
    to: 4,
  },
  {
    title: 'MaxCapacity of the scalable target limits the step',
    partitions: 8,
    members: 2,
    produce: 480,
    consume: 200,
    maxCapacity: 3,
    to: 3,
  },
  {
    title: 'maxStepTasks limits the step',
    partitions: 8,
    members: 2,
    produce: 480,
    consume: 200,
    maxStepTasks: 2,
    to: 4,
  },
  {
    title: 'maxStepTasks allows only steps without effect',
    partitions: 8,
    members: 4,
    produce: 480,
    consume: 400,
    maxStepTasks: 2,
    to: 'no-useful-step',
  },
  {
    title: 'the tasks are at the cap',
    partitions: 8,
    members: 8,
    produce: 1000,
    consume: 800,
    to: 'at-cap',
  },
  {
    title: 'one partition has one consumer',
    partitions: 1,
    members: 1,
    produce: 200,
    consume: 100,
    to: 'at-cap',
  },
  {
    title: 'the tasks are at the cap: 50 partitions of an abandoned topic need no consumers',
    partitions: 8,
    members: 8,
    produce: 1000,
    consume: 800,
    abandoned: 50,
    to: 'at-cap',
  },
  {
    title: 'the backlog of an abandoned topic does not count',
    partitions: 8,
    members: 2,
    produce: 250,
    consume: 200,
    abandoned: 5,
    to: 4,
  },
  {
    title: 'an unknown assignor counts topic by topic',
    partitions: 8,
    members: 2,
    produce: 480,
    consume: 200,
    assignor: 'own-assignor',
    to: 8,
  },
  {
    title: 'the group reads nothing: no rate to size by',
    partitions: 8,
    members: 2,
    produce: 480,
    consume: 0,
    to: 'nothing-consumed',
  },
  {
    title: '3 members on 2 tasks: some run outside the service',
    partitions: 8,
    members: 3,
    tasks: 2,
    produce: 480,
    consume: 200,
    to: 'members-uneven',
  },
  {
    title: 'no task runs',
    partitions: 8,
    members: 2,
    tasks: 0,
    produce: 480,
    consume: 200,
    to: 'no-consumer',
  },
];
