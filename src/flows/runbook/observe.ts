/**
 * A fresh observation of one group. It is stored as an object; only its key and a few numbers
 * travel.
 */

import { type Observation, observeGroup } from '#core/evidence/observation.ts';
import { thresholdsOf } from '#core/group/thresholds.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { Observed, RunbookState } from '#core/runbook/messages.ts';
import { isolationLevelOf } from '#core/settings.ts';
import type { Ports } from '#core/world.ts';
import { loadHistory, usableHistory } from '#flows/history.ts';
import { objectKey, runOf } from './run.ts';

/** A precise reading of one group is affordable. */
const AGES = { rounds: 30, precisePartitions: 1_000 };

/**
 * Reads the group again, since the alarm is minutes old. Rates cover the window, or the time since
 * the scaling if that is shorter: rates across a scaling would mix two capacities.
 *
 * @throws KafkaUnreachableError, KafkaAuthError
 */
export async function observe(
  state: RunbookState,
  world: Ports<'offsets' | 'history' | 'incidents'>,
): Promise<Observed> {
  const { settings } = world;
  const run = runOf(state);
  const reading = await world.offsets.read({ groupIds: [run.groupId], ages: AGES });
  const { history, problems } = usableHistory(await loadHistory(world.history), reading);
  const windowMs = settings.timing.rateWindowSeconds * 1000;
  const windowFromMs = reading.atMs - windowMs;
  const observation = observeGroup(reading, {
    groupId: run.groupId,
    history,
    historyProblems: problems,
    thresholds: thresholdsOf(settings)(run.groupId),
    isolation: isolationLevelOf(settings)(run.groupId),
    ratesFromMs: Math.max(windowFromMs, scaledAtMs(state) ?? windowFromMs),
    windowMs,
  });
  const key = objectKey(run, `observation-${observation.atMs}.json`);
  await world.incidents.putJson(key, observation);
  return observed(key, observation);
}

function scaledAtMs({ scale, decide }: RunbookState): number | undefined {
  return scale?.atMs ?? (decide?.kind === 'resume' ? decide.atMs : undefined);
}

const observed = (key: string, observation: Observation): Observed => ({
  key,
  atMs: observation.atMs,
  state: knownValue(observation.state) ?? 'unknown',
  members: knownValue(observation.members)?.length ?? null,
  partitions: observation.partitions.length,
  sumLag: observation.sumLag ?? null,
  coverage: observation.coverage ?? null,
});
