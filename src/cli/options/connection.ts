/** The options for reaching the brokers. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BatchReaderOptions } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { SettingsError } from '#core/errors.ts';
import { chooseEndpoint, regionInArn } from '#core/msk/cluster.ts';
import { AUTH_KINDS, type AuthKind, LOGINS } from '#core/msk/logins.ts';
import type { Filters } from '#core/names/filters.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { type CredentialFlags, credentialsOf, withCredentials } from './credentials.ts';
import { READERS, type ReaderName } from './reader.ts';

export interface ConnectionFlags extends CredentialFlags {
  readonly bootstrap?: string;
  /** MSK cluster whose brokers AWS names, in place of `bootstrap`. */
  readonly clusterArn?: string;
  readonly auth: AuthKind;
  /** Client that reads the brokers. */
  readonly reader: ReaderName;
  /** Seconds. */
  readonly timeout: number;
}

/** Adds the options to a command. */
export function withConnection(command: Command): Command {
  return withCredentials(command)
    .addOption(new Option('-b, --bootstrap <brokers>', 'host:port of brokers, comma separated').env('MSK_BOOTSTRAP'))
    .option('--cluster-arn <arn>', 'MSK cluster whose brokers to look up, in place of --bootstrap')
    .addOption(new Option('--auth <kind>', 'how to log in').choices(AUTH_KINDS).default('plaintext'))
    .addOption(
      new Option('--region <region>', 'AWS Region of the cluster, for --auth iam, --secret and metrics').env(
        'AWS_REGION',
      ),
    )
    .addOption(
      new Option(
        '--reader <client>',
        'client that reads; kafkajs is a cross-check, its log ends are last stable offsets',
      )
        .choices(Object.keys(READERS))
        .default('batch'),
    )
    .option('--timeout <seconds>', 'deadline of a reading', parseSeconds, 20);
}

/**
 * `host:port` of the brokers, comma separated: as given, or discovered.
 *
 * @throws SettingsError, DiscoveryError when there are none
 */
export async function brokersOf({ bootstrap, clusterArn, auth }: ConnectionFlags): Promise<string> {
  if (clusterArn !== undefined) return discoverBrokers(clusterArn, auth);
  if (bootstrap !== undefined && bootstrap !== '') return bootstrap;
  throw new SettingsError([
    '--bootstrap is missing: add host:port of the brokers, comma separated, or set MSK_BOOTSTRAP; or add --cluster-arn',
  ]);
}

async function discoverBrokers(arn: string, auth: AuthKind): Promise<string> {
  const { createMskClusterDirectory, mskClient } = await import('#adapters/msk/cluster-directory.ts');
  const client = mskClient(regionInArn(arn));
  try {
    const cluster = await createMskClusterDirectory({ client }).describe(arn);
    return chooseEndpoint(cluster, { auth, network: 'private' }).bootstrapBrokers;
  } finally {
    client.destroy();
  }
}

/** Options of a reader. @throws SettingsError when the other options need one that is missing */
export async function readerOptionsOf(flags: ConnectionFlags): Promise<BatchReaderOptions> {
  const { auth, timeout, clusterArn } = flags;
  const region = (clusterArn === undefined ? undefined : regionInArn(clusterArn)) ?? flags.region;
  const credentials = credentialsOf(auth, flags, process.env);
  if (LOGINS[auth].byIam && region === undefined) {
    throw new SettingsError([`--region is missing: --auth ${auth} needs the AWS Region of the cluster, or AWS_REGION`]);
  }
  return {
    bootstrapBrokers: await brokersOf(flags),
    auth,
    timeoutMs: timeout * 1000,
    clock: systemClock,
    ...present({ region, credentials }),
  };
}

/**
 * A reader of those brokers. Without filters it reads all but internal topics.
 *
 * @throws SettingsError when the other options need one that is missing
 */
export async function readerOf(flags: ConnectionFlags, filters?: Filters): Promise<OffsetsReader> {
  const options = await readerOptionsOf(flags);
  return READERS[flags.reader].open({ ...options, ...present({ filters }) });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('It must be seconds above 0, up to 600.');
}
