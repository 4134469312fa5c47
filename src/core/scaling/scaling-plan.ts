/**
 * How many tasks a group needs: sized by rates, capped by partitions, and only in steps that have
 * an effect.
 */

import { z } from 'zod';
import { type Evidence, type Fact, fact, factSchema, partitionLoad } from '#core/evidence/evidence.ts';
import { activeMembers, lagRead, type Observation, wholeRates } from '#core/evidence/observation.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';
import type { PlanLimits } from './plan-limits.ts';

/** Why no step is planned. */
const NO_PLAN_IDS = [
  'service-unknown',
  'members-unknown',
  'no-consumer',
  'rates-unknown',
  'members-uneven',
  'nothing-consumed',
  'at-cap',
  'no-useful-step',
] as const;
export type NoPlanId = (typeof NO_PLAN_IDS)[number];

export const planSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('step'),
    /** Tasks now and after the step; `to` is above `from` and never above `capTasks`. */
    from: z.number(),
    to: z.number(),
    capTasks: z.number(),
    /** Members expected in the group with `to` tasks. */
    expectedMembers: z.number(),
    facts: z.array(factSchema),
  }),
  z.object({ kind: z.literal('none'), id: z.enum(NO_PLAN_IDS), reason: z.string(), facts: z.array(factSchema) }),
]);
export type ScalingPlan = z.infer<typeof planSchema>;

/** What sizing needs to know of the group and its service. */
interface Basis {
  readonly status: ServiceStatus;
  readonly members: number;
  readonly perTask: number;
  readonly perConsumer: number;
  /** Records per second that follow the produce rate and drain the backlog in time. */
  readonly demand: number;
}

/**
 * The smallest number of tasks at which the busiest consumer can carry its share of the demand:
 *
 * `busiest(members) ÷ partitions × demand ≤ utilisation × rate per consumer`, where
 * `demand = produceRate + lag ÷ drainTargetSeconds`.
 *
 * If even the cap is too small, the plan is the cap. The plan then takes the smallest number with
 * the same busiest consumer, since more tasks would be idle. `none` when a number is missing, or
 * when no step has an effect.
 *
 * @see docs/decisions/0004-sizing-by-the-busiest-consumer.md
 */
export function planScaling(evidence: Evidence, limits: PlanLimits): ScalingPlan {
  const { observation } = evidence;
  const basis = basisOf(evidence, limits);
  if ('id' in basis) return { kind: 'none', ...basis, facts: [] };
  const { status, perTask } = basis;
  const load = partitionLoad(observation);
  const from = status.desired;
  const capTasks = Math.min(
    Math.ceil(load.memberLimit / perTask),
    limits.maxTasks ?? Number.POSITIVE_INFINITY,
    status.maxCapacity ?? Number.POSITIVE_INFINITY,
  );
  const facts = [capFact(observation, limits, basis), demandFact(basis, limits)];
  if (capTasks <= from) {
    return { kind: 'none', id: 'at-cap', reason: `${from} tasks are at the cap of ${capTasks}`, facts };
  }
  const carries = (tasks: number) =>
    (load.busiest(tasks * perTask) / load.total) * basis.demand <= limits.utilisation * basis.perConsumer;
  const highest = Math.min(capTasks, from + (limits.maxStepTasks ?? capTasks));
  const candidates = Array.from({ length: highest - from }, (_, i) => from + 1 + i);
  const wanted = candidates.find(carries) ?? highest;
  const isAsGood = (tasks: number) => load.busiest(tasks * perTask) === load.busiest(wanted * perTask);
  const to = Math.min(wanted, ...candidates.filter(isAsGood));
  if (load.busiest(to * perTask) === load.busiest(from * perTask)) {
    const reason = `no step up to ${highest} tasks takes a partition from the busiest consumer`;
    return { kind: 'none', id: 'no-useful-step', reason, facts };
  }
  return { kind: 'step', from, to, capTasks, expectedMembers: to * perTask, facts };
}

const none = (id: NoPlanId, reason: string) => ({ id, reason });

function basisOf({ observation, service }: Evidence, limits: PlanLimits): Basis | ReturnType<typeof none> {
  const status = knownValue(service);
  if (status === undefined) return none('service-unknown', 'the service of the group is unknown');
  const members = knownValue(observation.members);
  const active = activeMembers(observation);
  const rates = wholeRates(observation);
  const lag = lagRead(observation);
  if (members === undefined || active === undefined) return none('members-unknown', 'its members are unknown');
  if (active === 0 || status.running === 0) return none('no-consumer', 'no consumer runs, so its rate is unknown');
  if (rates === undefined || lag === undefined)
    return none('rates-unknown', 'rates or lag of some partitions are unknown');
  const perTask = members.length / status.running;
  if (!Number.isInteger(perTask)) {
    const counts = `${members.length} members do not divide evenly among ${status.running} tasks`;
    return none('members-uneven', `${counts}: some are missing, or run outside the service`);
  }
  const perConsumer = rates.consumeRate / active;
  if (perConsumer <= 0) return none('nothing-consumed', 'the group reads nothing, so a rate is unknown');
  const demand = rates.produceRate + lag / limits.drainTargetSeconds;
  return { status, members: members.length, perTask, perConsumer, demand };
}

function capFact(observation: Observation, limits: PlanLimits, { status, perTask }: Basis): Fact {
  const { total, memberLimit } = partitionLoad(observation);
  const others = [
    ...(limits.maxTasks === undefined ? [] : [`at most ${limits.maxTasks} tasks by maxTasks`]),
    ...(status.maxCapacity === undefined ? [] : [`at most ${status.maxCapacity} tasks by MaxCapacity`]),
  ];
  const cap = `${memberLimit} members can own the ${total} partitions, ${perTask} per task`;
  return fact('cap', [cap, ...others].join('; '), { memberLimit, partitions: total, perTask });
}

function demandFact({ demand, perConsumer }: Basis, limits: PlanLimits): Fact {
  const wanted = Math.round(demand * 10) / 10;
  const each = Math.round(perConsumer * 10) / 10;
  const { drainTargetSeconds, utilisation } = limits;
  const count = `a consumer reads ${each}/s, of which ${Math.round(utilisation * 100)} % count`;
  return fact(
    'demand',
    `${wanted}/s are needed to follow the produce rate and drain the backlog in ${drainTargetSeconds} s; ${count}`,
    {
      demand: wanted,
      perConsumer: each,
      drainTargetSeconds,
      utilisation,
    },
  );
}
