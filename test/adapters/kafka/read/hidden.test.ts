import { expect, test } from 'vitest';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { hiddenTopics } from '#adapters/kafka/read/hidden.ts';
import { PROBE } from '#adapters/kafka/read/probes.ts';
import { scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const BROKERS = [{ host: 'b1', port: 9092 }];
const UNKNOWN_TOPIC = 3;
const DENIED = 29;
const LEADERLESS = -1;

/** Metadata: the error of the probe, and the leaders of the groups' topic. */
const answerOf = (probe: number, leaders: readonly number[]): Outcome<unknown> =>
  success({
    topics: [
      { name: PROBE, errorCode: probe, partitions: [] },
      {
        name: '__consumer_offsets',
        errorCode: 0,
        partitions: leaders.map((leaderId, partitionIndex) => ({ partitionIndex, leaderId })),
      },
    ],
  });

const hiddenBy = (answer: Outcome<unknown>) =>
  hiddenTopics(
    scriptedSession(() => answer),
    BROKERS,
  );

test('nothing is hidden where every topic may be described and every group has a coordinator', async () => {
  expect(await hiddenBy(answerOf(UNKNOWN_TOPIC, [1, 2]))).toEqual([]);
  expect(await hiddenBy(success({ topics: [] }))).toEqual([]);
});

test('commits may be hidden where a topic may not be described, and where no broker says so', async () => {
  const hidesCommits = { request: 'OffsetFetch', hidesCommits: true, broker: 'b1:9092' };

  expect(await hiddenBy(answerOf(DENIED, [1]))).toEqual([expect.objectContaining(hidesCommits)]);
  expect(await hiddenBy(failure('connection refused', true))).toEqual([
    { ...hidesCommits, reason: 'no broker said whether we may describe all topics: connection refused' },
  ]);
});

test('groups are missing from every list while their partition has no leader', async () => {
  expect(await hiddenBy(answerOf(UNKNOWN_TOPIC, [1, LEADERLESS, 2]))).toEqual([
    {
      broker: 'b1:9092',
      request: 'ListGroups',
      reason: expect.stringMatching(/^1 of 3 partitions of __consumer_offsets have no leader/),
    },
  ]);
});
