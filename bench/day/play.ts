/** The day of `traffic.ts`, replayed. */

import { DAY_END_MS, DAY_MS, GROUPS, MISSED_POLLS, WARM_UP_MS } from '#bench/day/traffic/traffic.ts';
import type { SettingsInput } from '#core/settings.ts';
import { replay } from './replay.ts';
import { DAY_SETTINGS } from './settings.ts';
import type { Day } from './verdict.ts';

/** Polls begin this long before the day, since a history reaches back an hour. */
const POLLS_BEFORE_MS = 90 * 60_000;

export interface PlayOptions {
  /** The synthesized template of `DAY_CONFIG`. */
  readonly template: unknown;
  readonly seed: number;
  /** Absent: `DAY_SETTINGS`. */
  readonly settings?: SettingsInput;
}

/** Plays the day. The same seed gives the same result. */
export async function replayDay({ template, seed, settings = DAY_SETTINGS }: PlayOptions): Promise<Day> {
  const replayed = await replay({
    shapes: GROUPS,
    template,
    settings,
    seed,
    fromMs: DAY_MS - WARM_UP_MS,
    pollsFromMs: DAY_MS - POLLS_BEFORE_MS,
    toMs: DAY_END_MS,
    missed: MISSED_POLLS,
  });
  return { replayed, groups: GROUPS, day: { fromMs: DAY_MS, toMs: DAY_END_MS } };
}
