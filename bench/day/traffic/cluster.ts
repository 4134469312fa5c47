/** All groups behind the reader's port, and the commits that Burrow would see. */

import type { ClusterReading, Retention, TopicFacts } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { Clock, OffsetsReader, ReadRequest } from '#core/ports.ts';
import { type Commit, SimulatedGroup } from './group.ts';
import { seededRandom } from './random.ts';
import type { GroupShape } from './shapes.ts';

/** A clock that the replay sets. */
export class SimulatedClock implements Clock {
  atMs: number;

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  nowMs(): number {
    return this.atMs;
  }
}

export interface SimulatedClusterOptions {
  /** In order of group id. */
  readonly shapes: readonly GroupShape[];
  readonly clock: Clock;
  /** Time of the first possible record. */
  readonly fromMs: number;
  readonly seed: number;
}

export class SimulatedCluster implements OffsetsReader {
  readonly groups: readonly SimulatedGroup[];
  readonly #clock: Clock;

  constructor({ shapes, clock, fromMs, seed }: SimulatedClusterOptions) {
    this.#clock = clock;
    this.groups = shapes.map((shape, i) => new SimulatedGroup(shape, fromMs, seededRandom(seed * 1_000 + i)));
  }

  /** Simulates the tick that begins now and returns its commits by group. */
  tick(): readonly { readonly group: SimulatedGroup; readonly commits: readonly Commit[] }[] {
    return this.groups.map((group) => ({ group, commits: group.tick(this.#clock.nowMs()) }));
  }

  async read({ ages }: ReadRequest = {}): Promise<ClusterReading> {
    const atMs = this.#clock.nowMs();
    return {
      atMs,
      groups: this.groups.map((group) => group.reading(atMs, ages)),
      unreadableGroups: [],
      otherGroups: [],
      problems: [],
      topics: this.#topics(),
      openTransactions: absent,
      requests: 7,
    };
  }

  async close(): Promise<void> {}

  #topics(): ReadonlyMap<string, TopicFacts> {
    const topics = new Map<string, TopicFacts>();
    for (const { works, shape } of this.groups) {
      const retention = retentionOf(shape);
      for (const { topic, partition } of works) {
        topics.set(topic, { id: `id-of-${topic}`, partitions: partition + 1, retention });
      }
    }
    return topics;
  }
}

function retentionOf({ retention }: GroupShape): Reading<Retention> {
  if (retention === undefined) return absent;
  return retention.hidden ? unknown('we may not describe its configuration') : known({ ms: retention.ms });
}
