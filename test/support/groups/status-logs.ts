/** Logs and commits as minutes pass, for scenarios of statuses. */

/** Log end offset at a minute: 600 records arrive in each. */
export const end = (minute: number) => 100_000 + 600 * minute;
/** Reads what arrives, 50 records behind. */
export const healthy = (minute: number) => ({ commit: end(minute) - 50, end: end(minute) });
/** Healthy up to a minute, and then no commit any more. */
export const stopsAt = (last: number) => (minute: number) => ({
  commit: end(Math.min(minute, last)) - 50,
  end: end(minute),
});
/** A lag, while 600 records a minute arrive. */
export const lagging = (lag: (minute: number) => number) => (minute: number) => ({
  commit: end(minute) - lag(minute),
  end: end(minute),
});
/** Commits every `period` minutes what was read until then. */
export const batches = (period: number) => (minute: number) => ({
  commit: end(minute - (minute % period)),
  end: end(minute),
});
/** Lag grows by 300 a minute from minute 5 on. */
export const growing = (minute: number) => 50 + 300 * Math.max(0, minute - 5);
/** Minutes of polls every ten seconds. */
export const every10s = (last: number) => Array.from({ length: last * 6 + 1 }, (_, i) => i / 6);
