/** The specification of the scaling plan: one line a case. Topic `orders` has `partitions`; all rates are records per second. */
export interface PlanScenario {
  readonly title: string;
  readonly partitions: number;
  readonly members: number;
  /** Running tasks; as many as members by default. */
  readonly tasks?: number;
  readonly arrival: number;
  readonly consume: number;
  readonly lag?: number;
  readonly assignor?: string;
  readonly maxTasks?: number;
  readonly maxCapacity?: number;
  readonly maxStepTasks?: number;
  /** Partitions of a second topic with commits that nobody reads any more, each with a large lag. */
  readonly abandoned?: number;
  /** Tasks wanted, or why there is no plan. */
  readonly to: number | RegExp;
}

export const PLAN_SCENARIOS: readonly PlanScenario[] = [
  {
    title: '2 consumers of 100/s for 480/s on 8 partitions: 4 would leave 120/s on each, so 8',
    partitions: 8,
    members: 2,
    arrival: 480,
    consume: 200,
    to: 8,
  },
  {
    title: 'a load that 4 can carry takes 4, not 3: 3 leave one consumer with as many partitions as 4 do not',
    partitions: 8,
    members: 2,
    arrival: 250,
    consume: 200,
    to: 4,
  },
  {
    title: 'far beyond the cap: the cap, never one more',
    partitions: 8,
    members: 2,
    arrival: 100_000,
    consume: 200,
    to: 8,
  },
  {
    title: '12 consumers on 24 partitions that need a little more: 24, since 13 to 23 leave one with two',
    partitions: 24,
    members: 12,
    arrival: 1300,
    consume: 1200,
    to: 24,
  },
  { title: '22 on 24: goes to the cap itself', partitions: 24, members: 22, arrival: 2500, consume: 2200, to: 24 },
  {
    title: 'the backlog counts: arrival alone would fit 4',
    partitions: 8,
    members: 2,
    arrival: 250,
    consume: 200,
    lag: 180_000,
    to: 8,
  },
  {
    title: 'two consumers per task: tasks are counted, not members',
    partitions: 8,
    members: 4,
    tasks: 2,
    arrival: 480,
    consume: 200,
    to: 4,
  },
  {
    title: 'an odd number of partitions with two consumers per task: the last task is half used',
    partitions: 9,
    members: 4,
    tasks: 2,
    arrival: 4800,
    consume: 200,
    to: 5,
  },
  { title: 'maxTasks of the setting', partitions: 8, members: 2, arrival: 480, consume: 200, maxTasks: 4, to: 4 },
  {
    title: 'maxTasks that leaves an idle step: 5 of 8 partitions is no better than 4',
    partitions: 8,
    members: 2,
    arrival: 480,
    consume: 200,
    maxTasks: 5,
    to: 4,
  },
  {
    title: 'MaxCapacity of the scalable target',
    partitions: 8,
    members: 2,
    arrival: 480,
    consume: 200,
    maxCapacity: 3,
    to: 3,
  },
  { title: 'a step limit', partitions: 8, members: 2, arrival: 480, consume: 200, maxStepTasks: 2, to: 4 },
  {
    title: 'a step limit under which nothing changes for anyone',
    partitions: 8,
    members: 4,
    arrival: 480,
    consume: 400,
    maxStepTasks: 2,
    to: /no step up to 6/,
  },
  {
    title: 'at the cap already',
    partitions: 8,
    members: 8,
    arrival: 1000,
    consume: 800,
    to: /8 tasks are at the cap of 8/,
  },
  {
    title: 'one partition: one consumer',
    partitions: 1,
    members: 1,
    arrival: 200,
    consume: 100,
    to: /at the cap of 1/,
  },
  {
    title: 'at the cap, with commits left on 50 partitions that nobody reads: these need no consumers',
    partitions: 8,
    members: 8,
    arrival: 1000,
    consume: 800,
    abandoned: 50,
    to: /8 tasks are at the cap of 8/,
  },
  {
    title: 'a backlog that nobody will read does not size the step',
    partitions: 8,
    members: 2,
    arrival: 250,
    consume: 200,
    abandoned: 5,
    to: 4,
  },
  {
    title: 'an assignor that is not known counts by topic',
    partitions: 8,
    members: 2,
    arrival: 480,
    consume: 200,
    assignor: 'own-assignor',
    to: 8,
  },
  {
    title: 'nothing is consumed: no rate to size by',
    partitions: 8,
    members: 2,
    arrival: 480,
    consume: 0,
    to: /rate per consumer is not known/,
  },
  {
    title: '3 members on 2 tasks: some are not of the service',
    partitions: 8,
    members: 3,
    tasks: 2,
    arrival: 480,
    consume: 200,
    to: /do not divide/,
  },
  {
    title: 'no task runs',
    partitions: 8,
    members: 2,
    tasks: 0,
    arrival: 480,
    consume: 200,
    to: /no consumer is running/,
  },
];
