/**
 * Burrow's status of a group from its commits: its own rules and defaults, faults included.
 *
 * The rules and their order are from linkedin/Burrow, `core/internal/evaluator/caching.go`
 * (`calculatePartitionStatus` and its checks). The window and the stored lag are from
 * `core/internal/storage/inmemory.go` (`addConsumerOffset`, `fetchConsumer`). This is a new
 * implementation of them.
 *
 * @see https://github.com/linkedin/Burrow
 */

/** Kept commits and log ends of a partition: `storage.intervals`. */
const INTERVALS = 10;
/** Time between two requests for log ends: `cluster.offset-refresh`. */
export const BURROW_REFRESH_MS = 10_000;
/** `evaluator.allowed-lag`. */
const ALLOWED_LAG = 0;

/** The worst last. The worst status of a group is ERR. */
export const BURROW_STATUSES = ['OK', 'WARN', 'ERR', 'STOP', 'STALL', 'REWIND'] as const;
export type BurrowStatus = (typeof BURROW_STATUSES)[number];

interface StoredCommit {
  readonly offset: number;
  readonly atMs: number;
  /** Lag behind the last known log end; 0 when that is older than the commit. */
  readonly lag: number;
}

/** Burrow's state of one partition. */
export class BurrowPartition {
  readonly #commits: StoredCommit[] = [];
  readonly #ends: number[] = [];

  /** Adds the log end, every `BURROW_REFRESH_MS`. */
  takeEnd(end: number): void {
    keep(this.#ends, end);
  }

  /** Adds a commit. Those before the first log end are dropped. */
  takeCommit(offset: number, atMs: number): void {
    const end = this.#ends.at(-1);
    if (end !== undefined) keep(this.#commits, { offset, atMs, lag: Math.max(0, end - offset) });
  }

  /** `calculatePartitionStatus`. OK without a commit. */
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

/**
 * `evaluateConsumerStatus`: the worst of the partitions, with everything beyond ERR reported as
 * ERR.
 */
export function burrowGroupStatus(partitions: Iterable<BurrowPartition>, nowMs: number): BurrowStatus {
  const ranks = Array.from(partitions, (partition) => BURROW_STATUSES.indexOf(partition.status(nowMs)));
  return BURROW_STATUSES[Math.min(Math.max(0, ...ranks), BURROW_STATUSES.indexOf('ERR'))] as BurrowStatus;
}

/** A commit went back, and no later one has reached its old offset. */
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
