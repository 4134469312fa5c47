import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoStateStore } from '#adapters/dynamodb/state-store.ts';

/** Conflicting transactions, which DynamoDB Local does not produce by itself. */
describe('acquireLock in DynamoDB', () => {
  const mock = mockClient(DynamoDBDocumentClient);
  const store = createDynamoStateStore({ client: new DynamoDBClient({ region: 'us-east-1' }), table: 'state' });
  const request = { keys: ['a', 'b'], owner: 'me', nowMs: 1_000, expiresAtMs: 61_000 };

  beforeEach(() => {
    mock.reset();
    mock.onAnyCommand().rejects('not taught');
  });
  afterAll(() => mock.restore());

  it('writes one conditional put per key in one transaction', async () => {
    mock.on(TransactWriteCommand).resolves({});

    expect(await store.acquireLock(request)).toEqual({ kind: 'acquired' });

    const condition = {
      TableName: 'state',
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAtMs <= :now OR #owner = :me',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':now': 1_000, ':me': 'me' },
    };
    const item = { owner: 'me', expiresAtMs: 61_000, ttl: 61 };
    expect(mock.calls().map((call) => call.args[0].input)).toEqual([
      {
        TransactItems: [
          { Put: { ...condition, Item: { pk: 'lock#a', ...item } } },
          { Put: { ...condition, Item: { pk: 'lock#b', ...item } } },
        ],
      },
    ]);
  });

  it('retries once after a conflicting transaction, and succeeds when that has ended', async () => {
    mock.on(TransactWriteCommand).rejectsOnce(cancelled('None', 'TransactionConflict')).resolves({});

    expect(await store.acquireLock(request)).toEqual({ kind: 'acquired' });
    expect(mock.calls()).toHaveLength(2);
  });

  it('reports a key as taken when another write still conflicts at the second attempt', async () => {
    mock.on(TransactWriteCommand).rejects(cancelled('None', 'TransactionConflict'));

    expect(await store.acquireLock(request)).toEqual({ kind: 'taken', key: 'b' });
    expect(mock.calls()).toHaveLength(2);
  });

  it('names a held key before one that is only being written, without a retry', async () => {
    mock.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'ConditionalCheckFailed'));

    expect(await store.acquireLock(request)).toEqual({ kind: 'taken', key: 'b' });
    expect(mock.calls()).toHaveLength(1);
  });

  it.each([
    ['a throttled transaction', cancelled('ThrottlingError', 'None')],
    ['a refused request', Object.assign(new Error('denied'), { name: 'AccessDeniedException' })],
  ])('throws on %s, which does not mean that the lock is taken', async (_what, error) => {
    mock.on(TransactWriteCommand).rejects(error);

    await expect(store.acquireLock(request)).rejects.toBe(error);
  });
});

function cancelled(...codes: string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    $metadata: {},
    message: `cancelled ${codes.join()}`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}
