/** Arithmetic on the offsets of one partition. */

/**
 * Records that a group can still read and has not read: from its commit, or from the log start when
 * that is later, to an end of the log. 0 when the end is not behind that.
 */
export function unreadRecords(commit: bigint, start: bigint, end: bigint): number {
  const from = start > commit ? start : commit;
  return end > from ? Number(end - from) : 0;
}

/**
 * `unreadRecords` for offsets that are numbers, as the columns of a history keep them. A start that
 * is NaN is not known and is left out; commit and end have to be known.
 */
export const unreadDistance = (commit: number, start: number, end: number): number =>
  Math.max(0, end - (start > commit ? start : commit));

/** Whether the first offset is below the second; false when one of them is not known. */
export const isBelow = (a: bigint | undefined, b: bigint | undefined): boolean =>
  a !== undefined && b !== undefined && a < b;
