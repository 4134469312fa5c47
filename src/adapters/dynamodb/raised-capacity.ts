import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import type { RaisedCapacity } from '#core/runbook/records.ts';
import { scalingLeverSchema, serviceIdSchema, serviceName } from '#core/runbook/service.ts';
import { itemKey, type Table } from './table.ts';

/** A raised capacity as stored. */
export const raisedSchema = z.object({
  service: serviceIdSchema,
  lever: scalingLeverSchema,
  restoreTo: z.number(),
  raisedTo: z.number(),
  incidentId: z.string(),
  atMs: z.number(),
} satisfies Record<keyof RaisedCapacity, z.ZodType>);

/**
 * Notes a raise. One atomic update keeps the first `restoreTo`, so that two raises in a row restore
 * the capacity from before the first.
 *
 * @throws ScalingRefusedError when a raise of the other lever waits to be restored
 */
export async function saveRaisedCapacity(table: Table, raised: RaisedCapacity): Promise<void> {
  try {
    await table.client.send(updateCommand(table, raised));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new ScalingRefusedError(
      'other-lever-raised',
      `${serviceName(raised.service)} was raised by a lever other than ${raised.lever}; restore that lever first`,
    );
  }
}

const updateCommand = (table: Table, raised: RaisedCapacity) =>
  new UpdateCommand({
    TableName: table.name,
    Key: { pk: itemKey('raised', serviceName(raised.service)) },
    ConditionExpression: 'attribute_not_exists(pk) OR #lever = :lever',
    UpdateExpression:
      'SET #restoreTo = if_not_exists(#restoreTo, :restoreTo), #raisedTo = :raisedTo, ' +
      '#service = :service, #lever = :lever, #incidentId = :incidentId, #atMs = :atMs',
    ExpressionAttributeNames: Object.fromEntries(Object.keys(raisedSchema.shape).map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':service': raised.service,
      ':lever': raised.lever,
      ':restoreTo': raised.restoreTo,
      ':raisedTo': raised.raisedTo,
      ':incidentId': raised.incidentId,
      ':atMs': raised.atMs,
    },
  });
