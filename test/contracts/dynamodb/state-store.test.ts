import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoStateStore } from '#adapters/dynamodb/state-store.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import { type DynamoDbLocal, startDynamoDbLocal } from '#test/support/dynamodb-local/dynamodb-local.ts';
import { stateStoreContract } from './state-store.contract.ts';

stateStoreContract('in memory', async () => new MemoryStateStore());

describe('with DynamoDB Local', () => {
  let dynamo: DynamoDbLocal;
  let tables = 0;
  const newTable = async (): Promise<string> => {
    tables += 1;
    const table = `state-${tables}`;
    await dynamo.createTable(table);
    return table;
  };

  beforeAll(async () => {
    dynamo = await startDynamoDbLocal();
  });
  afterAll(() => dynamo?.stop());

  stateStoreContract('in DynamoDB', async () =>
    createDynamoStateStore({ client: dynamo.client, table: await newTable() }),
  );

  it('acquireLock sets the TTL to the expiry in whole seconds, rounded up', async () => {
    const table = await newTable();
    const store = createDynamoStateStore({ client: dynamo.client, table });

    await store.acquireLock({ keys: ['k'], owner: 'me', nowMs: 0, expiresAtMs: 1_500 });

    const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: 'lock#k' } } }));
    expect(Item).toEqual({ pk: { S: 'lock#k' }, owner: { S: 'me' }, expiresAtMs: { N: '1500' }, ttl: { N: '2' } });
  });

  it('loadIncident refuses an item that another version wrote', async () => {
    const table = await newTable();
    const store = createDynamoStateStore({ client: dynamo.client, table });
    const documents = DynamoDBDocumentClient.from(dynamo.client);
    await documents.send(new PutCommand({ TableName: table, Item: { pk: 'incident#g', incident: { groupId: 'g' } } }));

    await expect(store.loadIncident('g')).rejects.toThrow(/incident#g.*incident\.incidentId/);
  });
});
