import { describe, expect, it } from 'vitest';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { readOpenTransactions } from '#adapters/kafka/read/read-transactions.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { type Sent, scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const BROKERS = [
  { host: 'b1', port: 9092 },
  { host: 'b2', port: 9092 },
];
const logOf = (stable: bigint, end: bigint) => ({ start: success(0n), stable: success(stable), end: success(end) });
const HELD = [logOf(9n, 9n), logOf(5n, 9n)];

const listed = { errorCode: 0, transactionStates: [{ transactionalId: 'pay', producerId: 7n }] };
const none = { errorCode: 0, transactionStates: [] };
const described = {
  transactionStates: [
    {
      transactionalId: 'pay',
      errorCode: 0,
      transactionStartTimeMs: 1_000n,
      transactionTimeoutMs: 60_000,
      topics: [{ topic: 't', partitions: [0, 2] }],
    },
  ],
};

/** Brokers. The first lists one transaction. */
const brokers = (answers: Partial<Record<string, (sent: Sent) => Outcome<unknown>>> = {}) =>
  scriptedSession((sent) => {
    const own = answers[sent.request];
    if (own !== undefined) return own(sent);
    if (sent.request === 'DescribeTransactions') return success(described);
    return success(sent.at === 'b1' ? listed : none);
  });

describe('readOpenTransactions', () => {
  it('sends nothing, and returns absent, when no log is held back', async () => {
    const session = brokers();
    const failed = { start: success(0n), stable: failure('x', true), end: success(9n) };

    expect(await readOpenTransactions(session, BROKERS, [logOf(9n, 9n), failed])).toEqual(absent);
    expect(session.log).toEqual([]);
  });

  it('returns the holder, partitions and start of a transaction', async () => {
    const session = brokers();

    expect(await readOpenTransactions(session, BROKERS, HELD)).toEqual(
      known([
        {
          transactionalId: 'pay',
          producerId: 7n,
          startedAtMs: 1_000,
          timeoutMs: 60_000,
          partitions: [
            { topic: 't', partition: 0 },
            { topic: 't', partition: 2 },
          ],
        },
      ]),
    );
    expect(session.log.map(({ at, request }) => `${at} ${request}`).sort()).toEqual([
      'b1 DescribeTransactions',
      'b1 ListTransactions',
      'b2 ListTransactions',
    ]);
  });

  it.each<[string, () => Outcome<unknown>]>([
    ['refused as a whole', () => failure('connection refused', true)],
    ['denied by itself', () => success({ transactionStates: [{ transactionalId: 'pay', errorCode: 53, topics: [] }] })],
  ])('returns only the name of a transaction when its description is %s', async (_, answer) => {
    expect(await readOpenTransactions(brokers({ DescribeTransactions: answer }), BROKERS, HELD)).toEqual(
      known([{ transactionalId: 'pay', producerId: 7n, partitions: [] }]),
    );
  });

  it('returns an empty list when the brokers show none: the holder is invisible to us', async () => {
    expect(await readOpenTransactions(brokers({ ListTransactions: () => success(none) }), BROKERS, HELD)).toEqual(
      known([]),
    );
  });

  it.each<[string, () => Outcome<unknown>, string]>([
    ['do not support the request', () => failure('needs Kafka 3.0', true), 'needs Kafka 3.0'],
    ['refuse', () => success({ errorCode: 31, transactionStates: [] }), 'CLUSTER_AUTHORIZATION_FAILED'],
  ])('returns unknown with the reason when the brokers %s', async (_, answer, reason) => {
    const reading = await readOpenTransactions(brokers({ ListTransactions: answer }), BROKERS, HELD);
    expect(reading).toEqual(unknown(expect.stringContaining(reason) as unknown as string));
  });

  it('returns the transactions found when another broker does not answer', async () => {
    const answer = ({ at }: Sent) => (at === 'b1' ? success(listed) : failure('x', true));
    expect(await readOpenTransactions(brokers({ ListTransactions: answer }), BROKERS, HELD)).toMatchObject({
      kind: 'known',
    });
  });
});
