/**
 * What Burrow says of a group, from its commits as they happen: its rules as they are, faults included, with its defaults.
 *
 * Rules and their order: linkedin/Burrow, `core/internal/evaluator/caching.go` (`calculatePartitionStatus` and the checks behind
 * it); the window, and the lag that is stored with a commit: `core/internal/storage/inmemory.go` (`addConsumerOffset`,
 * `fetchConsumer`). Written anew in the terms of this file.
 *
 * @see https://github.com/linkedin/Burrow
 */

/** Commits of a partition that are kept, and ends of its log: `storage.intervals`. */
const INTERVALS = 10;
/** Between two questions for the ends of logs: `cluster.offset-refresh`. */
export const BURROW_REFRESH_MS = 10_000;
/** `evaluator.allowed-lag`. */
const ALLOWED_LAG = 0;

/** The worst last. A group is at worst in error. */
export const BURROW_STATUSES = ['OK', 'WARN', 'ERR', 'STOP', 'STALL', 'REWIND'] as const;
export type BurrowStatus = (typeof BURROW_STATUSES)[number];

interface StoredCommit {
  readonly offset: number;
  readonly atMs: number;
  /** Behind the end of the log as it was last asked for; 0 when that is older than the commit. */
  readonly lag: number;
}

/** One partition, as Burrow keeps it. */
export class BurrowPartition {
  readonly #commits: StoredCommit[] = [];
  readonly #ends: number[] = [];

  /** The end of the log, asked for each `BURROW_REFRESH_MS`. */
  takeEnd(end: number): void {
    keep(this.#ends, end);
  }

  /** A commit; one before the first end is not kept. */
  takeCommit(offset: number, atMs: number): void {
    const end = this.#ends.at(-1);
    if (end !== undefined) keep(this.#commits, { offset, atMs, lag: Math.max(0, end - offset) });
  }

  /** `calculatePartitionStatus`. Without a commit all is well. */
  status(nowMs: number): BurrowStatus {
    const commits = this.#commits;
    const [first, last] = [commits[0], commits.at(-1)];
    if (first === undefined || last === undefined) return 'OK';
    if ((this.#ends.at(-1) ?? 0) - last.offset <= ALLOWED_LAG) return 'OK';
    const isStopped = nowMs - last.atMs > last.atMs - first.atMs;
    const wasRecentlyRead = this.#ends.some((end) => end <= last.offset);
    if (isStopped && !wasRecentlyRead) return 'STOP';
    if (isRewound(commits)) return 'REWIND';
    if (commits.some(({ lag }) => lag <= ALLOWED_LAG)) return 'OK';
    if (commits.every(({ offset }) => offset === first.offset)) return 'STALL';
    return neverLess(commits.map(({ lag }) => lag)) ? 'WARN' : 'OK';
  }
}

/** `evaluateConsumerStatus`: the worst of the partitions, everything beyond ERR told as ERR. */
export function burrowGroupStatus(partitions: Iterable<BurrowPartition>, nowMs: number): BurrowStatus {
  const ranks = Array.from(partitions, (partition) => BURROW_STATUSES.indexOf(partition.status(nowMs)));
  return BURROW_STATUSES[Math.min(Math.max(0, ...ranks), BURROW_STATUSES.indexOf('ERR'))] as BurrowStatus;
}

/** A commit went back, and no later one has come as far again. */
function isRewound(commits: readonly StoredCommit[]): boolean {
  const back = commits.findIndex(({ offset }, i) => offset < (commits[i - 1]?.offset ?? offset));
  const before = commits[back - 1]?.offset;
  return before !== undefined && !commits.slice(back).some(({ offset }) => offset >= before);
}

const neverLess = (lags: readonly number[]): boolean => lags.every((lag, i) => lag >= (lags[i - 1] ?? lag));

/** Appends to a ring of `INTERVALS`. */
function keep<T>(ring: T[], item: T): void {
  ring.push(item);
  if (ring.length > INTERVALS) ring.shift();
}
