import { expect, test } from 'vitest';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { readOffsets } from '#adapters/kafka/read/read-offsets.ts';
import { type Sent, scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const UNKNOWN_TOPIC = 3;
const NOT_LEADER = 6;
const BROKERS = [
  { nodeId: 1, host: 'b1', port: 9092 },
  { nodeId: 2, host: 'b2', port: 9092 },
];
const partition = (topic: string, index: number) => ({ topic, partition: index });

/** Leaders by partition of topic `t`. */
const metadata = (leaders: readonly number[], errors: readonly [string, number][] = []) => ({
  brokers: BROKERS,
  topics: [
    { name: 't', errorCode: 0, partitions: leaders.map((leaderId, partitionIndex) => ({ partitionIndex, leaderId })) },
    ...errors.map(([name, errorCode]) => ({ name, errorCode, partitions: [] })),
  ],
});

interface Topics {
  name: string;
  partitions: { partitionIndex: number; timestamp: bigint }[];
}

/** Every partition without an error ends at 10 and starts at 0. */
function listOffsets({ args }: Sent, errors: Record<number, number> = {}): Outcome<unknown> {
  const topics = (args[2] as Topics[]).map((topic) => ({
    name: topic.name,
    partitions: topic.partitions.map(({ partitionIndex, timestamp }) => ({
      partitionIndex,
      errorCode: errors[partitionIndex] ?? 0,
      offset: errors[partitionIndex] === undefined ? (timestamp === -1n ? 10n : 0n) : -1n,
    })),
  }));
  return success({ topics });
}

test('readOffsets sends each leader one request each for ends, stable ends and starts', async () => {
  const session = scriptedSession((sent) =>
    sent.request === 'Metadata' ? success(metadata([1, 2, 1, 2])) : listOffsets(sent),
  );

  const { byPartition, problems } = await readOffsets(
    session,
    BROKERS,
    [0, 1, 2, 3].map((p) => partition('t', p)),
  );

  expect(byPartition.get('t/3')).toMatchObject({ end: success(10n), stable: success(10n), start: success(0n) });
  expect(byPartition.size).toBe(4);
  expect(problems).toEqual([]);
  expect(session.log.map(({ at, request }) => `${at} ${request}`).sort()).toEqual([
    'any Metadata',
    ...Array(3).fill('b1 ListOffsets'),
    ...Array(3).fill('b2 ListOffsets'),
  ]);
});

test('readOffsets sends the new leader a request for the moved partition only', async () => {
  const session = scriptedSession((sent) => {
    if (sent.request === 'Metadata') return success(metadata(sent.times === 1 ? [1, 1] : [1, 2]));
    return listOffsets(sent, sent.at === 'b1' ? { 1: NOT_LEADER } : {});
  });

  const { byPartition, problems } = await readOffsets(session, BROKERS, [partition('t', 0), partition('t', 1)]);

  expect([...byPartition.values()].every(({ end, stable, start }) => end.ok && stable.ok && start.ok)).toBe(true);
  expect(problems).toEqual([]);
  expect(
    session.log.filter(({ at }) => at === 'b2').map(({ args }) => (args[2] as Topics[])[0]?.partitions.length),
  ).toEqual([1, 1, 1]);
});

test('readOffsets gives up after the second request, and the good partition keeps its offsets', async () => {
  const session = scriptedSession((sent) =>
    sent.request === 'Metadata' ? success(metadata([1, 1])) : listOffsets(sent, { 1: NOT_LEADER }),
  );

  const { byPartition } = await readOffsets(session, BROKERS, [partition('t', 0), partition('t', 1)]);

  expect(byPartition.get('t/0')?.end).toEqual(success(10n));
  expect(byPartition.get('t/1')?.end).toMatchObject({
    ok: false,
    reason: expect.stringContaining('NOT_LEADER_OR_FOLLOWER'),
  });
  expect(session.log.filter(({ request }) => request === 'Metadata').length).toBe(2);
});

test('readOffsets reports a deleted topic after the first request', async () => {
  const session = scriptedSession((sent) =>
    sent.request === 'Metadata' ? success(metadata([1], [['gone', UNKNOWN_TOPIC]])) : listOffsets(sent),
  );

  const { byPartition } = await readOffsets(session, BROKERS, [
    partition('t', 0),
    partition('gone', 0),
    partition('t', 5),
  ]);

  expect(byPartition.get('gone/0')?.end).toMatchObject({
    ok: false,
    reason: expect.stringContaining('does not exist'),
  });
  expect(byPartition.get('t/5')?.end).toMatchObject({ ok: false, reason: 'the topic has no partition 5' });
  expect(byPartition.get('t/0')?.end).toEqual(success(10n));
  expect(session.log.filter(({ request }) => request === 'Metadata').length).toBe(1);
});

test('readOffsets loses only the partitions of a dead leader', async () => {
  const session = scriptedSession((sent) => {
    if (sent.request === 'Metadata') return success(metadata([1, 2]));
    return sent.at === 'b2' ? failure('connection refused', true) : listOffsets(sent);
  });

  const { byPartition, problems } = await readOffsets(session, BROKERS, [partition('t', 0), partition('t', 1)]);

  expect(byPartition.get('t/0')?.end).toEqual(success(10n));
  expect(byPartition.get('t/1')?.end).toMatchObject({ ok: false, reason: 'connection refused' });
  expect(problems).toEqual([{ broker: 'b2:9092', request: 'ListOffsets', reason: 'connection refused' }]);
});
