/** How many tasks a group needs: sized from rates, capped by partitions, and only in steps that change anything. */

import { z } from 'zod';
import { type Evidence, type Fact, fact, factSchema, partitionLoad } from '#core/evidence/evidence.ts';
import { activeMembers, lagRead, type Observation, wholeRates } from '#core/evidence/observation.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';
import type { PlanLimits } from './plan-limits.ts';

export const planSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('step'),
    /** Tasks now and tasks wanted; `to` is above `from` and never above `capTasks`. */
    from: z.number(),
    to: z.number(),
    capTasks: z.number(),
    /** Members expected in the group with `to` tasks. */
    expectedMembers: z.number(),
    facts: z.array(factSchema),
  }),
  z.object({ kind: z.literal('none'), reason: z.string(), facts: z.array(factSchema) }),
]);
export type ScalingPlan = z.infer<typeof planSchema>;

/** What is known of the group and its service before sizing; all of it is needed. */
interface Basis {
  readonly status: ServiceStatus;
  readonly members: number;
  readonly perTask: number;
  readonly perConsumer: number;
  readonly demand: number;
}

/**
 * The smallest number of tasks at which the busiest consumer can carry its partitions' share of the demand:
 *
 * `busiest(members) ÷ partitions × (arrival + lag ÷ drainTargetSeconds) ≤ utilisation × rate per consumer`
 *
 * When even the cap cannot, the cap. Then the smallest number with the same busiest consumer, since any more are idle
 * steps. `none` with its reason when a number is missing or no step changes anything.
 *
 * @see docs/decisions/0004-sizing-by-the-busiest-consumer.md
 */
export function planScaling(evidence: Evidence, limits: PlanLimits): ScalingPlan {
  const { observation } = evidence;
  const basis = basisOf(evidence, limits);
  if (typeof basis === 'string') return { kind: 'none', reason: basis, facts: [] };
  const { status, perTask } = basis;
  const load = partitionLoad(observation);
  const from = status.desired;
  const capTasks = Math.min(
    Math.ceil(load.memberLimit / perTask),
    limits.maxTasks ?? Number.POSITIVE_INFINITY,
    status.maxCapacity ?? Number.POSITIVE_INFINITY,
  );
  const facts = [capFact(observation, limits, basis), demandFact(basis, limits)];
  if (capTasks <= from) return { kind: 'none', reason: `${from} tasks are at the cap of ${capTasks}`, facts };
  const carries = (tasks: number) =>
    (load.busiest(tasks * perTask) / load.total) * basis.demand <= limits.utilisation * basis.perConsumer;
  const highest = Math.min(capTasks, from + (limits.maxStepTasks ?? capTasks));
  const candidates = Array.from({ length: highest - from }, (_, i) => from + 1 + i);
  const wanted = candidates.find(carries) ?? highest;
  const isAsGood = (tasks: number) => load.busiest(tasks * perTask) === load.busiest(wanted * perTask);
  const to = Math.min(wanted, ...candidates.filter(isAsGood));
  if (load.busiest(to * perTask) === load.busiest(from * perTask)) {
    return { kind: 'none', reason: `no step up to ${highest} tasks takes a partition off the busiest consumer`, facts };
  }
  return { kind: 'step', from, to, capTasks, expectedMembers: to * perTask, facts };
}

function basisOf({ observation, service }: Evidence, limits: PlanLimits): Basis | string {
  const status = knownValue(service);
  if (status === undefined) return 'no service is known for the group';
  const members = knownValue(observation.members);
  const active = activeMembers(observation);
  const rates = wholeRates(observation);
  const lag = lagRead(observation);
  if (members === undefined || active === undefined) return 'the members of the group are unknown';
  if (active === 0 || status.running === 0) return 'no consumer is running to measure a rate on';
  if (rates === undefined || lag === undefined) return 'rates or lag are unknown, or not of every partition';
  const perTask = members.length / status.running;
  if (!Number.isInteger(perTask)) {
    return `${members.length} members do not divide among ${status.running} tasks: not all belong to the service, or some are missing`;
  }
  const perConsumer = rates.consumeRate / active;
  if (perConsumer <= 0) return 'nothing is consumed, so a rate per consumer is not known';
  const demand = rates.produceRate + lag / limits.drainTargetSeconds;
  return { status, members: members.length, perTask, perConsumer, demand };
}

function capFact(observation: Observation, limits: PlanLimits, { status, perTask }: Basis): Fact {
  const { total, memberLimit } = partitionLoad(observation);
  const others = [
    ...(limits.maxTasks === undefined ? [] : [`at most ${limits.maxTasks} by setting`]),
    ...(status.maxCapacity === undefined ? [] : [`at most ${status.maxCapacity} by MaxCapacity`]),
  ];
  const cap = `${memberLimit} members can own the ${total} partitions, ${perTask} per task`;
  return fact('cap', [cap, ...others].join('; '), { memberLimit, partitions: total, perTask });
}

function demandFact({ demand, perConsumer }: Basis, limits: PlanLimits): Fact {
  const [wanted, each] = [Math.round(demand * 10) / 10, Math.round(perConsumer * 10) / 10];
  return fact(
    'demand',
    `${wanted}/s are wanted to follow arrival and catch up in ${limits.drainTargetSeconds} s; a consumer reads ${each}/s, of which ${Math.round(limits.utilisation * 100)} % count`,
    {
      demand: wanted,
      perConsumer: each,
      drainTargetSeconds: limits.drainTargetSeconds,
      utilisation: limits.utilisation,
    },
  );
}
