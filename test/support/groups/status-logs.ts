/** Log ends and commits by minute, for scenarios of statuses. */

/** Log end at a minute; each minute adds 600 records. */
export const end = (minute: number) => 100_000 + 600 * minute;
/** The group stays 50 records behind. */
export const healthy = (minute: number) => ({ commit: end(minute) - 50, end: end(minute) });
/** The group is healthy up to a minute and does not commit after it. */
export const stopsAt = (last: number) => (minute: number) => ({
  commit: end(Math.min(minute, last)) - 50,
  end: end(minute),
});
/** The group has this lag. */
export const lagging = (lag: (minute: number) => number) => (minute: number) => ({
  commit: end(minute) - lag(minute),
  end: end(minute),
});
/** The group commits every `period` minutes. */
export const batches = (period: number) => (minute: number) => ({
  commit: end(minute - (minute % period)),
  end: end(minute),
});
/** A lag that grows by 300 a minute from minute 5 on. */
export const growing = (minute: number) => 50 + 300 * Math.max(0, minute - 5);
/** Minutes of polls every ten seconds. */
export const every10s = (last: number) => Array.from({ length: last * 6 + 1 }, (_, i) => i / 6);
