import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { StateStore } from '#core/ports.ts';
import { incidentSchema } from '#core/runbook/incident.ts';
import { serviceName } from '#core/runbook/service.ts';
import { acquireLock, releaseLock } from './locks.ts';
import { raisedSchema, saveRaisedCapacity } from './raised-capacity.ts';
import { deleteItem, itemKey, readItem, type Table, ttlAfter, writeItem } from './table.ts';

export interface DynamoStateOptions {
  readonly client: DynamoDBClient;
  /** Table whose only key is the string `pk`, with TTL on the attribute `ttl`. */
  readonly table: string;
}

const incidentItemSchema = z.object({ incident: incidentSchema });
const lockSchema = z.object({ owner: z.string(), expiresAtMs: z.number() });
const cooldownSchema = z.object({ untilMs: z.number() });

/** Locks, incidents, cooldowns and raised capacities in one table. Throws DynamoDB's errors. */
export function createDynamoStateStore({ client, table: name }: DynamoStateOptions): StateStore {
  const marshallOptions = { removeUndefinedValues: true };
  const table: Table = { client: DynamoDBDocumentClient.from(client, { marshallOptions }), name };

  return {
    acquireLock: (request) => acquireLock(table, request),
    releaseLock: (keys, owner) => releaseLock(table, keys, owner),
    loadLock: (key) => readItem(table, itemKey('lock', key), lockSchema),

    async loadIncident(groupId) {
      return (await readItem(table, itemKey('incident', groupId), incidentItemSchema))?.incident;
    },
    saveIncident: (incident) => writeItem(table, { pk: itemKey('incident', incident.groupId), incident }),

    async loadCooldown(service) {
      return (await readItem(table, itemKey('cooldown', serviceName(service)), cooldownSchema))?.untilMs;
    },
    saveCooldown: (service, untilMs) =>
      writeItem(table, { pk: itemKey('cooldown', serviceName(service)), untilMs, ttl: ttlAfter(untilMs) }),

    loadRaisedCapacity: (service) => readItem(table, itemKey('raised', serviceName(service)), raisedSchema),
    saveRaisedCapacity: (raised) => saveRaisedCapacity(table, raised),
    clearRaisedCapacity: (service) => deleteItem(table, itemKey('raised', serviceName(service))),
  };
}
