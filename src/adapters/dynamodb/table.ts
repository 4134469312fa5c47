/**
 * The one table: a string key `pk`, no sort key, and the attribute `ttl` (epoch seconds) that only
 * cleans up.
 */
import { createHash } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import type { ItemKind } from '#core/runbook/records.ts';

/** A table, and a client for it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/** A partition key may have 2,048 bytes; a Kafka group id may be longer. */
const MAX_NAME_BYTES = 1_500;

/**
 * `kind#name`. The SHA-256 replaces a name that is too long, under a prefix that no short name can
 * have.
 */
export function itemKey(kind: ItemKind, name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return `${kind}#${name}`;
  return `${kind}-sha256#${createHash('sha256').update(name).digest('hex')}`;
}

/** TTL of an item that is needed until `atMs`. Rounded up, so that it never expires early. */
export const ttlAfter = (atMs: number): number => Math.ceil(atMs / 1_000);

/**
 * The item, read consistently and checked; `undefined` when there is none.
 *
 * @throws Error when the stored item does not fit `schema`
 */
export async function readItem<T>(table: Table, pk: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const get = new GetCommand({ TableName: table.name, Key: { pk }, ConsistentRead: true });
  const { Item } = await table.client.send(get);
  if (Item === undefined) return undefined;
  const parsed = schema.safeParse(Item);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(
    `item ${JSON.stringify(pk)} of table ${table.name} has an unknown shape: ${problems.join('; ')}; ` +
      'delete it if another version of the watcher wrote it',
  );
}

/** Writes an item, over an existing one. */
export async function writeItem(table: Table, item: { readonly pk: string; [attribute: string]: unknown }) {
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
}

/** Deletes an item; a missing item is no error. */
export async function deleteItem(table: Table, pk: string): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk } }));
}
