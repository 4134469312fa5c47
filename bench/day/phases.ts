/** The time from a consumer stop to the alarm, for every phase of a minute. */

import type { GroupShape } from '#bench/day/traffic/shapes.ts';
import { NOTHING } from '#bench/day/traffic/traffic.ts';
import { replay } from './replay.ts';
import { DAY_SETTINGS } from './settings.ts';

const MINUTE_MS = 60_000;
const STOP_MS = Date.UTC(2026, 0, 6, 12);
/** Time between two phases. */
const STEP_MS = 5_000;

/** A group with a threshold of age that stops for good. */
const stoppingAt = (fromMs: number, ageSeconds: number): GroupShape => {
  const stop = { fromMs, toMs: fromMs + 60 * MINUTE_MS };
  return {
    ...NOTHING,
    groupId: 'stopping',
    traits: 'steady',
    topic: 'stopping',
    partitions: 2,
    members: 1,
    rate: () => 20,
    capacity: 80,
    absences: [{ ...stop, kind: 'no-members' }],
    faults: [{ ...stop, name: 'consumer stopped', due: 'after-start', dueMinutes: 6 }],
    ageSeconds,
    wellMs: 15_000,
  };
};

export interface PhasesOptions {
  /** The synthesized template of `DAY_CONFIG`. */
  readonly template: unknown;
  readonly ageSeconds: number;
}

/** Minutes from the stop to the alarm, phase by phase. @throws Error when there was no alarm */
export async function stopPhases({ template, ageSeconds }: PhasesOptions): Promise<number[]> {
  const settings = { ...DAY_SETTINGS, thresholds: [{ groups: 'stopping', ageSeconds }] };
  const found: number[] = [];
  for (let phaseMs = 0; phaseMs < MINUTE_MS; phaseMs += STEP_MS) {
    const stopMs = STOP_MS + phaseMs;
    const { alarm } = await replay({
      shapes: [stoppingAt(stopMs, ageSeconds)],
      template,
      settings,
      seed: 1 + phaseMs / STEP_MS,
      fromMs: STOP_MS - 40 * MINUTE_MS,
      pollsFromMs: STOP_MS - 30 * MINUTE_MS,
      toMs: STOP_MS + ageSeconds * 1_000 + 15 * MINUTE_MS,
      missed: [],
    });
    const first = alarm.get('stopping')?.[0];
    if (first === undefined) throw new Error(`no alarm on a group that stopped at ${new Date(stopMs).toISOString()}`);
    found.push((first.fromMs - stopMs) / MINUTE_MS);
  }
  return found;
}
