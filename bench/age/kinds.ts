/** Kinds of data: how records are stamped, and where groups stand. */

/** A log to write, and the promise for ages in it. */
export interface DataKind {
  readonly name: string;
  /** Configuration of its topic. */
  readonly config: Readonly<Record<string, string>>;
  /**
   * Timestamps of the records by offset, epoch ms, at `nowMs`. Absent: producer or broker stamps
   * them on writing.
   */
  readonly stamps?: (nowMs: number) => readonly number[];
  /** Keys of the records; absent: none. */
  readonly keyOf?: (index: number) => string;
  /** Records to write in real time when `stamps` is absent. */
  readonly written?: number;
  /**
   * All groups share one partition and its requests; otherwise each has its own partition with the
   * same records.
   */
  readonly shared?: true;
  /** Positions of the groups, as shares of the log. */
  readonly commits: readonly number[];
  /**
   * `exact`: within a second or 2 %. `bracket`: the truth lies between both ends. `bound`: unknown,
   * or never above the truth and never claimed as proven.
   */
  readonly promise: 'exact' | 'bracket' | 'bound';
}

const HOUR = 3_600_000;
const EVERYWHERE = [0, 0.1, 0.35, 0.6, 0.85, 0.99];

/** The same numbers in each run, from 0 to 1. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const steadily = (count: number, everyMs: number) => (nowMs: number) =>
  Array.from({ length: count }, (_, i) => nowMs - (count - i) * everyMs);

/**
 * Bursts of hundreds of records within a second, with minutes to an hour of silence between them.
 */
function inBursts(nowMs: number): readonly number[] {
  const next = chance(7);
  const stamps: number[] = [];
  for (let at = nowMs - 6 * HOUR; at < nowMs - 60_000; at += 60_000 + next() * HOUR) {
    for (let i = 0, t = at; i < 400; i++, t += next() * 3) stamps.push(Math.floor(t));
  }
  return stamps;
}

const shuffled = (nowMs: number): readonly number[] => {
  const next = chance(11);
  return Array.from({ length: 3_000 }, () => Math.floor(nowMs - next() * 6 * HOUR));
};

/** One producer's clock is a day ahead for one record, early in the log. */
const oneInFuture = (nowMs: number): readonly number[] =>
  steadily(3_000, 5_000)(nowMs).map((stamp, i) => (i === 200 ? nowMs + 24 * HOUR : stamp));

export const KINDS: readonly DataKind[] = [
  { name: 'steady', config: {}, stamps: steadily(4_000, 5_000), commits: EVERYWHERE, promise: 'exact' },
  { name: 'shared', config: {}, shared: true, stamps: steadily(4_000, 5_000), commits: EVERYWHERE, promise: 'bracket' },
  { name: 'bursty', config: {}, stamps: inBursts, commits: EVERYWHERE, promise: 'exact' },
  {
    name: 'idle',
    config: {},
    stamps: (nowMs) => steadily(2_000, 200)(nowMs - 3 * HOUR),
    commits: EVERYWHERE,
    promise: 'exact',
  },
  {
    name: 'reprocessing',
    config: {},
    stamps: steadily(20_000, 1_000),
    commits: [0, 0.001, 0.01, 0.02],
    promise: 'exact',
  },
  { name: 'CreateTime', config: {}, written: 60, commits: EVERYWHERE, promise: 'exact' },
  {
    name: 'LogAppendTime',
    config: { 'message.timestamp.type': 'LogAppendTime' },
    written: 60,
    commits: EVERYWHERE,
    promise: 'exact',
  },
  {
    name: 'compacted',
    config: {
      'cleanup.policy': 'compact',
      'segment.ms': '1800000',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '1000',
    },
    stamps: steadily(4_000, 5_000),
    keyOf: (index) => `key-${index % 700}`,
    commits: EVERYWHERE,
    promise: 'exact',
  },
  { name: 'out-of-order', config: {}, stamps: shuffled, commits: EVERYWHERE, promise: 'bound' },
  {
    name: 'one-in-future',
    // Kafka 4 refuses more than an hour by default; older ones take anything.
    config: { 'message.timestamp.after.max.ms': String(7 * 24 * HOUR) },
    stamps: oneInFuture,
    commits: EVERYWHERE,
    promise: 'bound',
  },
];
