/**
 * The reader of the brokers, only for the functions in the VPC: no other bundle may hold its
 * libraries.
 */

import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { createSecretCredentials } from '#adapters/secrets-manager/credentials.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { namedGroupsOf, type Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { endpointChoice } from '#flows/discover/discover.ts';
import { DiscoveredReader } from '#flows/discover/discovered-reader.ts';
import { clustersOf } from './aws.ts';

/**
 * A reader of the brokers in the settings, or else of the discovered ones. @throws SettingsError
 */
export function offsetsOf(settings: Settings): OffsetsReader | DiscoveredReader {
  const { bootstrapBrokers } = settings;
  if (bootstrapBrokers !== undefined) return readerOf(settings, bootstrapBrokers);
  return new DiscoveredReader({
    clusters: clustersOf(settings),
    choice: endpointChoice(settings),
    connect: (discovered) => readerOf(settings, discovered),
    clock: systemClock,
  });
}

const readerOf = (settings: Settings, bootstrapBrokers: string) =>
  createBatchReader({
    bootstrapBrokers,
    auth: settings.auth,
    timeoutMs: settings.kafkaTimeoutSeconds * 1000,
    filters: settings.filters,
    namedGroups: namedGroupsOf(settings),
    clock: systemClock,
    ...present({ region: process.env.AWS_REGION, credentials: credentialsOf(settings) }),
  });

const credentialsOf = ({ auth, authSecretArn: secretId }: Settings) =>
  secretId === undefined ? undefined : createSecretCredentials({ secretId, auth });
