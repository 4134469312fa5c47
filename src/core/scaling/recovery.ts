/** Whether a scaling took hold, and whether it helped. Judged on full coverage only: a missing series is no recovery. */

import { lagRead, type Observation, partitionsRead, wholeRates } from '#core/evidence/observation.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { Measurement, ScalingAction } from '#core/runbook/incident.ts';
import type { Progress } from '#core/runbook/messages.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';

export interface Look {
  readonly observation: Observation;
  readonly service: ServiceStatus;
  readonly action: ScalingAction;
  /** Looks made before this one. */
  readonly checks: number;
  readonly maxChecks: number;
}

/** `done` when all tasks run, all their members are in the group, and every partition has an owner. */
export function assessConvergence(look: Look): Progress {
  const members = convergedMembers(look);
  if (typeof members === 'string') return goOn(look, members);
  return {
    kind: 'done',
    reason: `${look.service.running} tasks run, ${members} members own all partitions`,
    checks: look.checks + 1,
  };
}

/** `done` when the group is back under its thresholds, or at the last look is surely falling; `failed` when it is not. */
export function assessRecovery(look: Look, before: Measurement | undefined): Progress {
  const { observation, checks, maxChecks } = look;
  const { ratio } = observation;
  const done = (reason: string): Progress => ({ kind: 'done', reason, checks: checks + 1 });
  const lag = lagRead(observation);
  if (observation.unreadable !== undefined) return goOn(look, `the group could not be read: ${observation.unreadable}`);
  if (lag === undefined || ratio === undefined || observation.coverage !== 1)
    return goOn(look, 'not every partition could be measured');
  const isLast = checks + 1 >= maxChecks;
  const times = `lag is ${lag}, ${ratio.value.toFixed(2)} times what is too much`;
  if (ratio.value < 1 && ratio.complete) return done(times);
  // All lag is known here. An age that never can be, as where timestamps contradict each other, must not undo what helped.
  if (ratio.value < 1 && isLast) return done(`${times}; the age of its oldest record is not known`);
  const rates = wholeRates(observation);
  if (rates === undefined) return goOn(look, 'rates since the scaling are not known of every partition');
  const falling = rates.lagGrowthRate < 0 && (before?.sumLag === undefined || lag < before.sumLag);
  if (isLast && falling) {
    return done(
      `lag is ${lag} and falls by ${Math.round(-rates.lagGrowthRate)}/s; drained in about ${Math.round(lag / -rates.lagGrowthRate)} s`,
    );
  }
  return goOn(look, `lag is ${lag}, moving by ${Math.round(rates.lagGrowthRate)}/s`);
}

/** How many members share the partitions; or what is missing. */
function convergedMembers({ observation, service, action }: Look): number | string {
  if (service.running < action.to) return `the service reports ${service.running} of ${action.to} tasks running`;
  if (observation.unreadable !== undefined) return `the group could not be read: ${observation.unreadable}`;
  const state = knownValue(observation.state);
  if (state !== 'Stable') return `the group is ${state ?? 'in an unknown state'}`;
  const members = knownValue(observation.members);
  if (members === undefined) return 'the members of the group are unknown';
  if (members.length < action.expectedMembers)
    return `${members.length} of ${action.expectedMembers} members have joined`;
  const unowned = partitionsRead(observation).filter((partition) => partition.owner === undefined).length;
  return unowned > 0 ? `${unowned} partitions have no owner` : members.length;
}

function goOn({ checks, maxChecks }: Look, reason: string): Progress {
  const made = checks + 1;
  if (made < maxChecks) return { kind: 'again', reason, checks: made };
  return { kind: 'failed', reason: `${reason}, after ${made} looks`, checks: made };
}

/** What an observation measured, for before and after. */
export function measurementOf(observation: Observation): Measurement {
  const rates = wholeRates(observation);
  const lag = lagRead(observation);
  const members = knownValue(observation.members)?.length;
  return {
    atMs: observation.atMs,
    ...present({ sumLag: lag, members }),
    ...(rates === undefined
      ? {}
      : {
          produceRate: rates.produceRate,
          consumeRate: rates.consumeRate,
          lagGrowthRate: rates.lagGrowthRate,
        }),
  };
}
