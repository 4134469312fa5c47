/**
 * Which polls a history keeps: the newest all, older ones thinned, so that few samples reach back an hour.
 *
 * Slots are cut by the clock and not by age, so that what is kept once stays until it leaves the hour.
 */

/** A history reaches back this far, given time and more than a few samples: log starts move in steps, segment by segment. */
export const HISTORY_SPAN_MS = 3_600_000;

/** So many of the newest are kept one by one, or half of all where fewer are kept. */
const RECENT = 10;

/** Below, none are spent on the past. */
const FEWEST_TO_THIN = 6;

/**
 * At most `keep` of the samples, which are in order of time: the newest, before them the first of each slot of the hour, and
 * one that is an hour old or more, where there is one.
 */
export function thinned<T extends { readonly atMs: number }>(samples: readonly T[], keep: number): readonly T[] {
  const newest = samples.at(-1);
  if (newest === undefined || keep < FEWEST_TO_THIN) return samples.slice(-keep);
  const recent = Math.min(RECENT, Math.ceil(keep / 2));
  // An hour touches one slot more than it is long, and before it lies the one sample that is older.
  const slotMs = HISTORY_SPAN_MS / (keep - recent - 2);
  const isOld = ({ atMs }: T) => newest.atMs - atMs >= HISTORY_SPAN_MS;
  const older = samples.slice(0, -recent);
  const slots = new Map<number, T>();
  for (const sample of older.filter((each) => !isOld(each))) {
    const slot = Math.floor(sample.atMs / slotMs);
    if (!slots.has(slot)) slots.set(slot, sample);
  }
  return [...older.filter(isOld).slice(-1), ...slots.values(), ...samples.slice(-recent)];
}
