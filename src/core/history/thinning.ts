/**
 * Which polls a history keeps: all of the newest, and fewer of the older ones. So a few samples
 * reach back an hour.
 *
 * The clock cuts the hour into slots, not the age: a sample that is kept once stays until it leaves
 * the hour.
 */

/** How far a history reaches back, ms. Log starts move by segments, so forecasts need an hour. */
export const HISTORY_SPAN_MS = 3_600_000;

/** Count of newest samples that are all kept; half of `keep` when that is less. */
const RECENT = 10;

/** Below this `keep`, only the newest samples are kept. */
const FEWEST_TO_THIN = 6;

/**
 * At most `keep` of the samples, which are in order of time: the newest, the first of each slot of
 * the hour, and the newest one that is at least an hour old.
 */
export function thinned<T extends { readonly atMs: number }>(samples: readonly T[], keep: number): readonly T[] {
  const newest = samples.at(-1);
  if (newest === undefined || keep < FEWEST_TO_THIN) return samples.slice(-keep);
  const recent = Math.min(RECENT, Math.ceil(keep / 2));
  // An hour may touch one slot more than fit into it. The older sample takes another place.
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
