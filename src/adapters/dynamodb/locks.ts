/**
 * Locks: an item per key, taken by a conditional write that compares the expiry. The TTL only cleans up, since
 * DynamoDB deletes hours late.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { LockRequest, LockResult } from '#core/ports.ts';
import { itemKey, type Table, ttlAfter } from './table.ts';

/** Longest pause before the second try, ms; random, so that two transactions that refused each other part. */
const CONFLICT_PAUSE_MS = 200;

/** Takes all keys or none. Another write that is under way on one of them counts as taken when it still is at a second try. */
export async function acquireLock(table: Table, request: LockRequest): Promise<LockResult> {
  const keys = [...new Set(request.keys)];
  if (keys.length === 0) return { kind: 'acquired' };
  const first = await tryOnce(table, request, keys);
  if (first.kind !== 'conflict') return first;
  await wait(Math.random() * CONFLICT_PAUSE_MS);
  const second = await tryOnce(table, request, keys);
  return second.kind === 'conflict' ? { kind: 'taken', key: second.key } : second;
}

/** Deletes the keys that are the owner's; a key of another owner, or gone, is left as it is. */
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

async function tryOnce(
  table: Table,
  request: LockRequest,
  keys: readonly string[],
): Promise<LockResult | { readonly kind: 'conflict'; readonly key: string }> {
  try {
    const TransactItems = keys.map((key) => ({ Put: lockPut(table, request, key) }));
    await table.client.send(new TransactWriteCommand({ TransactItems }));
    return { kind: 'acquired' };
  } catch (error) {
    // Reasons come in the order of the items. A key that is held decides before one that is only being written.
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
