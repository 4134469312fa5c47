/**
 * Whether a scaling took effect, and whether it helped. Both need a complete reading: a missing
 * series is no recovery.
 */

import { lagRead, type Observation, partitionsRead, wholeRates } from '#core/evidence/observation.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { Measurement, ScalingAction } from '#core/runbook/incident.ts';
import type { Checked } from '#core/runbook/messages.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';

/** What one check of a scaling needs. */
export interface ScalingCheck {
  readonly observation: Observation;
  readonly service: ServiceStatus;
  readonly action: ScalingAction;
  /** Checks made before this one. */
  readonly checks: number;
  readonly maxChecks: number;
}

/** What a check found. */
export type FindingId =
  | 'converged'
  | 'tasks-missing'
  | 'group-unreadable'
  | 'group-unsettled'
  | 'members-unknown'
  | 'members-missing'
  | 'partitions-unowned'
  | 'below-thresholds'
  | 'below-thresholds-age-unknown'
  | 'lag-falling'
  | 'lag-unknown'
  | 'rates-unknown'
  | 'still-lagging';

/** The result of a check, with the id of what it found. */
export type IdentifiedCheck = Checked & { readonly id: FindingId };

type Finding = Pick<IdentifiedCheck, 'id' | 'reason'>;

/**
 * `done` when all tasks run, all their members are in the group, and every partition has an owner.
 */
export function assessConvergence(check: ScalingCheck): IdentifiedCheck {
  const missing = findMissing(check);
  if (missing !== undefined) return checkAgainOrFail(check, missing);
  return finish(check, {
    id: 'converged',
    reason: `${check.service.running} tasks run, and their members own all partitions`,
  });
}

/** The first thing that a converged group would have. */
function findMissing({ observation, service, action }: ScalingCheck): Finding | undefined {
  const { running } = service;
  if (running < action.to) return { id: 'tasks-missing', reason: `${running} of ${action.to} tasks run` };
  if (observation.unreadable !== undefined) return unreadable(observation.unreadable);
  const state = knownValue(observation.state);
  if (state !== 'Stable') return { id: 'group-unsettled', reason: `the group is ${state ?? 'in an unknown state'}` };
  const joined = knownValue(observation.members)?.length;
  if (joined === undefined) return { id: 'members-unknown', reason: 'the members of the group are unknown' };
  const expected = action.expectedMembers;
  if (joined < expected) return { id: 'members-missing', reason: `${joined} of ${expected} members have joined` };
  const unowned = partitionsRead(observation).filter((partition) => partition.owner === undefined).length;
  return unowned > 0 ? { id: 'partitions-unowned', reason: `${unowned} partitions have no owner` } : undefined;
}

/**
 * `done` when the group is below its thresholds, or when lag certainly falls at the last check.
 * `failed` when neither holds at the last check.
 */
export function assessRecovery(check: ScalingCheck, before: Measurement | undefined): IdentifiedCheck {
  const { observation, checks, maxChecks } = check;
  const { ratio } = observation;
  const lag = lagRead(observation);
  if (observation.unreadable !== undefined) return checkAgainOrFail(check, unreadable(observation.unreadable));
  if (lag === undefined || ratio === undefined || observation.coverage !== 1) {
    return checkAgainOrFail(check, { id: 'lag-unknown', reason: 'not every partition could be measured' });
  }
  const isLast = checks + 1 >= maxChecks;
  const times = `lag is ${lag}, ${ratio.value.toFixed(2)} times the threshold`;
  if (ratio.value < 1 && ratio.complete) return finish(check, { id: 'below-thresholds', reason: times });
  // The lag is known completely. An age that can never be known, as with contradicting timestamps,
  // must not undo a scaling that helped.
  if (ratio.value < 1 && isLast) {
    const reason = `${times}; the age of its oldest unread record is unknown`;
    return finish(check, { id: 'below-thresholds-age-unknown', reason });
  }
  const growth = wholeRates(observation)?.lagGrowthRate;
  if (growth === undefined) {
    const reason = 'the rates of some partitions since the scaling are unknown';
    return checkAgainOrFail(check, { id: 'rates-unknown', reason });
  }
  const isFalling = growth < 0 && (before?.sumLag === undefined || lag < before.sumLag);
  if (isLast && isFalling) {
    const falls = `lag is ${lag} and falls by ${Math.round(-growth)}/s`;
    return finish(check, { id: 'lag-falling', reason: `${falls}; time to drain about ${Math.round(lag / -growth)} s` });
  }
  return checkAgainOrFail(check, { id: 'still-lagging', reason: `lag is ${lag}, changing by ${Math.round(growth)}/s` });
}

const unreadable = (why: string): Finding => ({
  id: 'group-unreadable',
  reason: `the group could not be read: ${why}`,
});

const finish = ({ checks }: ScalingCheck, finding: Finding): IdentifiedCheck => ({
  kind: 'done',
  ...finding,
  checks: checks + 1,
});

function checkAgainOrFail({ checks, maxChecks }: ScalingCheck, { id, reason }: Finding): IdentifiedCheck {
  const made = checks + 1;
  if (made < maxChecks) return { kind: 'again', id, reason, checks: made };
  return { kind: 'failed', id, reason: `${reason}, after ${made} checks`, checks: made };
}
