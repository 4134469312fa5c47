import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, describe, expect, it } from 'vitest';
import { createDynamoStateStore } from '#adapters/dynamodb/state-store.ts';

describe('createDynamoStateStore', () => {
  const mock = mockClient(DynamoDBDocumentClient);
  const store = createDynamoStateStore({ client: new DynamoDBClient({ region: 'us-east-1' }), table: 'state' });
  afterAll(() => mock.restore());

  it('reads consistently, so that a run sees the writes of the one before', async () => {
    mock.on(GetCommand).resolves({});
    const service = { cluster: 'prod', service: 'orders' };

    await store.loadIncident('g');
    await store.loadCooldown(service);
    await store.loadRaisedCapacity(service);

    const read = (pk: string) => ({ TableName: 'state', Key: { pk }, ConsistentRead: true });
    expect(mock.calls().map((call) => call.args[0].input)).toEqual([
      read('incident#g'),
      read('cooldown#prod/orders'),
      read('raised#prod/orders'),
    ]);
  });
});
