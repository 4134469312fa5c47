/**
 * Locks: an item per key. A conditional write that compares the expiry takes it. The TTL only
 * cleans up, since DynamoDB deletes hours late.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { LockRequest, LockResult } from '#core/ports.ts';
import { itemKey, type Table, ttlAfter } from './table.ts';

/**
 * Longest pause before the second attempt, ms; random, so that two conflicting transactions
 * separate.
 */
const CONFLICT_PAUSE_MS = 200;

/**
 * Takes all keys or none. A key that another write is changing counts as taken at the second
 * attempt.
 */
export async function acquireLock(table: Table, request: LockRequest): Promise<LockResult> {
  const keys = [...new Set(request.keys)];
  if (keys.length === 0) return { kind: 'acquired' };
  const first = await attemptOnce(table, request, keys);
  if (first.kind !== 'conflict') return first;
  await wait(Math.random() * CONFLICT_PAUSE_MS);
  const second = await attemptOnce(table, request, keys);
  return second.kind === 'conflict' ? { kind: 'taken', key: second.key } : second;
}

/**
 * Deletes the keys that the owner holds. A key of another owner stays; a missing key is no error.
 */
export async function releaseLock(table: Table, keys: readonly string[], owner: string): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      try {
        await table.client.send(
          new DeleteCommand({
            TableName: table.name,
            Key: { pk: itemKey('lock', key) },
            ConditionExpression: '#owner = :me',
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: { ':me': owner },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }),
  );
}

async function attemptOnce(
  table: Table,
  request: LockRequest,
  keys: readonly string[],
): Promise<LockResult | { readonly kind: 'conflict'; readonly key: string }> {
  try {
    const TransactItems = keys.map((key) => ({ Put: lockPut(table, request, key) }));
    await table.client.send(new TransactWriteCommand({ TransactItems }));
    return { kind: 'acquired' };
  } catch (error) {
    // Reasons come in the order of the items. A held key counts before one that is only being
    // written.
    if (!(error instanceof TransactionCanceledException)) throw error;
    const keyWith = (code: string) => keys[(error.CancellationReasons ?? []).findIndex((r) => r.Code === code)];
    const held = keyWith('ConditionalCheckFailed');
    if (held !== undefined) return { kind: 'taken', key: held };
    const conflicting = keyWith('TransactionConflict');
    if (conflicting !== undefined) return { kind: 'conflict', key: conflicting };
    throw error;
  }
}

const lockPut = (table: Table, request: LockRequest, key: string) => ({
  TableName: table.name,
  Item: {
    pk: itemKey('lock', key),
    owner: request.owner,
    expiresAtMs: request.expiresAtMs,
    ttl: ttlAfter(request.expiresAtMs),
  },
  ConditionExpression: 'attribute_not_exists(pk) OR expiresAtMs <= :now OR #owner = :me',
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':now': request.nowMs, ':me': request.owner },
});
