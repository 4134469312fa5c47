import { describe, expect, it } from 'vitest';
import { type AgeScope, newAgeMemory, readAges } from '#adapters/kafka/ages/read-ages.ts';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import type { GroupAnswer } from '#adapters/kafka/read/read-groups.ts';
import type { LogOffsets } from '#adapters/kafka/read/read-offsets.ts';
import { partitionKey } from '#core/kafka/model.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { type Sent, scriptedSession } from '#test/adapters/kafka/scripted-session.ts';
import { firstStampedFrom, type LogRecord } from '#test/support/groups/simulated-log.ts';

const NOW = 1_800_000_000_000;
const LEADERS = [
  { host: 'b1', port: 9092 },
  { host: 'b2', port: 9092 },
];
/** A record every five seconds. */
const LOG: readonly LogRecord[] = Array.from({ length: 2_000 }, (_, offset) => ({
  offset,
  timestampMs: NOW - (2_000 - offset) * 5_000,
}));

interface Topics {
  readonly name: string;
  readonly partitions: readonly { readonly partitionIndex: number; readonly timestamp: bigint }[];
}

/**
 * Brokers of topic `t`, each partition of which holds `LOG`; `localStart` is what −4 is answered
 * with.
 */
function brokers({ localStart = 0n, fails }: { localStart?: bigint; fails?: (sent: Sent) => boolean } = {}) {
  const answer = (timestamp: bigint) => {
    if (timestamp === -4n) return { offset: localStart, timestamp: -1n };
    const { offset, timestampMs } = firstStampedFrom(LOG, Number(timestamp));
    return Number.isFinite(offset)
      ? { offset: BigInt(offset), timestamp: BigInt(timestampMs) }
      : { offset: -1n, timestamp: -1n };
  };
  return scriptedSession((sent): Outcome<unknown> => {
    if (fails?.(sent) === true) return failure('connection refused', true);
    if (sent.request === 'DescribeConfigs') {
      const configs = [{ name: 'cleanup.policy', value: 'delete' }];
      return success({ results: [{ resourceName: 't', errorCode: 0, configs }] });
    }
    const topics = (sent.args[2] as Topics[]).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        errorCode: 0,
        ...answer(timestamp),
      })),
    }));
    return success({ topics });
  });
}

const groupAt = (groupId: string, commits: readonly number[]): GroupAnswer => ({
  group: { groupId, coordinator: { host: 'b1', port: 9092 }, type: 'classic', protocol: 'consumer' },
  commits: success(commits.map((offset, partition) => ({ topic: 't', partition, offset: known(BigInt(offset)) }))),
  description: failure('not read', false),
});

/** Partitions of `t`, led by the brokers in turn. */
function scopeOf(answers: readonly GroupAnswer[], budget: AgeScope['budget'], partitions = 4): AgeScope {
  const log = (partition: number): LogOffsets => ({
    start: success(0n),
    end: success(2_000n),
    stable: success(2_000n),
    leader: LEADERS[partition % 2] ?? { host: '', port: 0 },
  });
  const offsets = new Map(
    Array.from({ length: partitions }, (_, partition) => [partitionKey({ topic: 't', partition }), log(partition)]),
  );
  return {
    answers,
    offsets,
    budget,
    nowMs: NOW,
    topics: new Map([['t', { id: 'id-1', partitions: 4 }]]),
    memory: newAgeMemory(),
  };
}

const BUDGET = { rounds: 18, precisePartitions: 100 };
const ageAt = (offset: number) => (2_000 - offset) * 5_000;
const at = (partition: number) => ({ topic: 't', partition });

describe('readAges', () => {
  it('finds every age within 2 % in a few requests to each leader, whatever the number of partitions', async () => {
    const session = brokers();
    const scope = scopeOf([groupAt('a', [100, 700, 1_500, 1_990])], BUDGET);

    const ageOf = await readAges(session, LEADERS, scope);

    for (const [partition, offset] of [100, 700, 1_500, 1_990].entries()) {
      const age = ageOf(at(partition), offset);
      if (age.kind !== 'known') throw new Error(`unknown: ${JSON.stringify(age)}`);
      expect(Math.abs(age.value.atLeastMs - ageAt(offset))).toBeLessThanOrEqual(Math.max(1_000, ageAt(offset) * 0.02));
    }
    for (const { host } of LEADERS) {
      expect(session.log.filter((sent) => sent.at === host).length).toBeLessThanOrEqual(BUDGET.rounds + 1);
    }
    expect(session.log.filter(({ request }) => request === 'DescribeConfigs')).toHaveLength(1);
  });

  it('sends nothing when nothing is unread, and nothing more for commits that did not move', async () => {
    const quiet = brokers();
    await readAges(quiet, LEADERS, scopeOf([groupAt('a', [2_000, 2_000])], BUDGET));
    expect(quiet.log).toEqual([]);

    const scope = scopeOf([groupAt('a', [100, 700])], BUDGET);
    await readAges(brokers(), LEADERS, scope);
    const again = brokers();
    const ageOf = await readAges(again, LEADERS, scope);

    expect(ageOf(at(0), 100)).toMatchObject({ kind: 'known' });
    // One request to each leader finds where tiered storage ends, since that moves by itself.
    expect(again.log.map(({ at: broker, times }) => [broker, times])).toEqual([
      ['b1', 1],
      ['b2', 1],
    ]);
  });

  it('forgets the timelines of a recreated topic', async () => {
    const scope = scopeOf([groupAt('a', [100])], BUDGET);
    await readAges(brokers(), LEADERS, scope);
    const again = brokers();
    await readAges(again, LEADERS, { ...scope, topics: new Map([['t', { id: 'id-2', partitions: 4 }]]) });

    expect(again.log.length).toBeGreaterThan(3);
  });

  it('requests each distinct objective once and first, and stops there when the budget is spent', async () => {
    const session = brokers();
    const budget = { rounds: 1, precisePartitions: 0, objectiveMsOf: () => 60_000 };
    const ageOf = await readAges(session, LEADERS, scopeOf([groupAt('a', [100]), groupAt('b', [1_995])], budget));

    expect(ageOf(at(0), 100)).toMatchObject({ value: { atLeastMs: expect.any(Number) } });
    const ages = [ageOf(at(0), 100), ageOf(at(0), 1_995)].map((age) =>
      age.kind === 'known' ? age.value.atLeastMs : -1,
    );
    expect(ages.map((age) => age >= 60_000)).toEqual([true, false]);
    expect(session.log.filter(({ request, times }) => request === 'ListOffsets' && times > 1)).toHaveLength(1);
  });

  it('spends the later rounds on the oldest records', async () => {
    const budget = { rounds: 18, precisePartitions: 1 };
    const ageOf = await readAges(brokers(), LEADERS, scopeOf([groupAt('a', [100, 700])], budget));
    const width = (partition: number, offset: number) => {
      const age = ageOf(at(partition), offset);
      return age.kind === 'known'
        ? ((age.value.atMostMs ?? Number.NaN) - age.value.atLeastMs) / ageAt(offset)
        : Number.NaN;
    };

    expect(width(0, 100)).toBeLessThanOrEqual(0.021);
    expect(width(1, 700)).toBeGreaterThan(0.021);
    expect(width(1, 700)).toBeLessThan(2);
  });

  it('does not search offsets that only tiered storage has, and says so', async () => {
    const session = brokers({ localStart: 500n });
    const ageOf = await readAges(session, LEADERS, scopeOf([groupAt('a', [100]), groupAt('b', [700])], BUDGET));

    expect(ageOf(at(0), 100)).toEqual(unknown('the record is in tiered storage only, which is not searched'));
    expect(ageOf(at(0), 700)).toMatchObject({ kind: 'known' });
  });

  it('returns unknown ages with the reason for a leader that does not answer, and known ages for others', async () => {
    const session = brokers({ fails: (sent) => sent.at === 'b2' });
    const ageOf = await readAges(session, LEADERS, scopeOf([groupAt('a', [100, 700])], BUDGET));

    expect(ageOf(at(0), 100)).toMatchObject({ kind: 'known' });
    expect(ageOf(at(1), 700)).toEqual(unknown('connection refused'));
    expect(ageOf(at(9), 1)).toEqual(unknown('the leader of the partition is not known'));
  });

  it('assumes nothing about a topic whose configuration it may not see', async () => {
    const session = brokers({ fails: ({ request }) => request === 'DescribeConfigs' });
    const ageOf = await readAges(session, LEADERS, scopeOf([groupAt('a', [100])], BUDGET));

    expect(ageOf(at(0), 100)).toMatchObject({ kind: 'known' });
    expect(session.log.filter(({ request }) => request === 'DescribeConfigs')).toHaveLength(1);
  });
});
