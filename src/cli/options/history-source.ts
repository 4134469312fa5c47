/** The options that say where a history comes from, and where it is kept. */
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { createFileHistoryStore } from '#adapters/file/history-store.ts';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { messageOf, SettingsError } from '#core/errors.ts';
import type { LagHistory } from '#core/history/history.ts';
import { regionInArn } from '#core/msk/cluster.ts';
import type { HistoryStore } from '#core/ports.ts';

export interface HistoryFlags {
  /** File that keeps the history between runs. */
  readonly history?: string;
  /** Bucket of a deployed watcher, whose history is read. */
  readonly bucket?: string;
  /** Value of the ClusterName dimension: the deployed watcher's name of the cluster. */
  readonly clusterName?: string;
  readonly clusterArn?: string;
  readonly region?: string;
}

/** Gives a command the options. */
export function withHistory(command: Command): Command {
  return command
    .addOption(new Option('--history <file>', 'file that keeps the history of one cluster between runs of lag watch'))
    .addOption(
      new Option(
        '--bucket <name>',
        'bucket of a deployed watcher, whose history is only read; needs --cluster-name',
      ).conflicts('history'),
    )
    .option('--cluster-name <name>', "the cluster's name in the deployed watcher, and in the heading");
}

/** A store that begins with the history that the options name. @throws SettingsError when it cannot be read */
export async function historyOf(flags: HistoryFlags): Promise<HistoryStore> {
  if (flags.history !== undefined) {
    const what = `--history ${JSON.stringify(flags.history)}`;
    const store = createFileHistoryStore(flags.history);
    await loaded(store, what);
    await mustBeWritable(dirname(flags.history), what);
    return store;
  }
  return flags.bucket === undefined
    ? new MemoryHistoryStore()
    : new MemoryHistoryStore({ stored: { history: await bucketHistory(flags) }, version: 1 });
}

/** The history that the options name, to look at; undefined when they name none. @throws SettingsError when it cannot be read, or there is none */
export async function givenHistory(flags: HistoryFlags): Promise<LagHistory | undefined> {
  if (flags.history !== undefined) return fileHistory(flags.history);
  return flags.bucket === undefined ? undefined : bucketHistory(flags);
}

/** What to do where the history that the options name is of another cluster: `problem` says of which. */
export function otherClusterError({ history, bucket = '' }: HistoryFlags, problem: string): SettingsError {
  return new SettingsError([
    history === undefined
      ? `--bucket ${JSON.stringify(bucket)}: ${problem}; check --cluster-name and the brokers`
      : `--history ${JSON.stringify(history)}: ${problem}; name another file for these, or delete this one to begin anew`,
  ]);
}

/** What is in a file. @throws SettingsError when it cannot be read, or there is none */
async function fileHistory(file: string): Promise<LagHistory> {
  const what = `--history ${JSON.stringify(file)}`;
  const history = await loaded(createFileHistoryStore(file), what);
  if (history.samples.length > 0) return history;
  throw new SettingsError([`${what} holds no polls: lag watch --history keeps them there`]);
}

/** What the deployed watcher has kept. @throws SettingsError when it cannot be read, or there is none */
async function bucketHistory({ bucket = '', clusterName, clusterArn, region }: HistoryFlags): Promise<LagHistory> {
  if (clusterName === undefined) {
    throw new SettingsError(['--cluster-name is missing: --bucket needs the name that the watcher gives the cluster']);
  }
  // The client of AWS takes a while to load.
  const { s3Client } = await import('#adapters/s3/client.ts');
  const { createS3HistoryStore, historyKey } = await import('#adapters/s3/history-store.ts');
  const client = s3Client((clusterArn === undefined ? undefined : regionInArn(clusterArn)) ?? region);
  try {
    const store = createS3HistoryStore({ client, bucket, clusterName });
    const what = `--bucket ${JSON.stringify(bucket)}, object ${historyKey(clusterName)},`;
    const history = await loaded(store, what);
    if (history.samples.length > 0) return history;
    throw new SettingsError([
      `${what} holds no polls: check the names of bucket and cluster, or wait for the first poll`,
    ]);
  } finally {
    client.destroy();
  }
}

/** @throws SettingsError: a file or object that holds something else is not for us to write over */
async function loaded(store: HistoryStore, what: string): Promise<LagHistory> {
  try {
    const { history, lost } = await store.load();
    if (lost === undefined) return history;
    throw new SettingsError([`${what} holds no history: ${lost}; name another, or delete it`]);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError([`${what} cannot be read: ${messageOf(error)}`]);
  }
}

async function mustBeWritable(folder: string, what: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new SettingsError([`${what} cannot be written: ${messageOf(error)}; name a file in a folder that is there`]);
  }
}
