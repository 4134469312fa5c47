/** The options that name a history to read or keep. */
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
  /** File that stores the history between runs. */
  readonly history?: string;
  /** Bucket of a deployed watcher. Its history is only read. */
  readonly bucket?: string;
  /** The deployed watcher's name of the cluster: the value of the ClusterName dimension. */
  readonly clusterName?: string;
  readonly clusterArn?: string;
  readonly region?: string;
}

/** Adds the options to a command. */
export function withHistory(command: Command): Command {
  return command
    .addOption(new Option('--history <file>', 'file in which lag watch stores the history of one cluster between runs'))
    .addOption(
      new Option(
        '--bucket <name>',
        'bucket of a deployed watcher, to read its history; needs --cluster-name',
      ).conflicts('history'),
    )
    .option('--cluster-name <name>', 'name of the cluster in the deployed watcher, and in the heading');
}

/** A store with the history that the options name. @throws SettingsError when it cannot be read */
export async function openHistory(flags: HistoryFlags): Promise<HistoryStore> {
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

/**
 * The history that the options name; undefined when they name none.
 *
 * @throws SettingsError when it cannot be read or holds no polls
 */
export async function givenHistory(flags: HistoryFlags): Promise<LagHistory | undefined> {
  if (flags.history !== undefined) return fileHistory(flags.history);
  return flags.bucket === undefined ? undefined : bucketHistory(flags);
}

/** The error for a history of another cluster. `problem` names both clusters. */
export function otherClusterError({ history, bucket = '' }: HistoryFlags, problem: string): SettingsError {
  return new SettingsError([
    history === undefined
      ? `--bucket ${JSON.stringify(bucket)}: ${problem}; check --cluster-name and the brokers`
      : `--history ${JSON.stringify(history)}: ${problem}; name another file, or delete this one to start a new history`,
  ]);
}

/** @throws SettingsError when the file cannot be read or holds no polls */
async function fileHistory(file: string): Promise<LagHistory> {
  const what = `--history ${JSON.stringify(file)}`;
  const history = await loaded(createFileHistoryStore(file), what);
  if (history.samples.length > 0) return history;
  throw new SettingsError([`${what} holds no polls: run lag watch --history to store some`]);
}

/** @throws SettingsError when the object cannot be read or holds no polls */
async function bucketHistory({ bucket = '', clusterName, clusterArn, region }: HistoryFlags): Promise<LagHistory> {
  if (clusterName === undefined) {
    throw new SettingsError(['--cluster-name is missing: --bucket needs the cluster name of the deployed watcher']);
  }
  // Loading the AWS client takes a while.
  const { s3Client } = await import('#adapters/s3/client.ts');
  const { createS3HistoryStore, historyKey } = await import('#adapters/s3/history-store.ts');
  const client = s3Client((clusterArn === undefined ? undefined : regionInArn(clusterArn)) ?? region);
  try {
    const store = createS3HistoryStore({ client, bucket, clusterName });
    const what = `--bucket ${JSON.stringify(bucket)}, object ${historyKey(clusterName)},`;
    const history = await loaded(store, what);
    if (history.samples.length > 0) return history;
    throw new SettingsError([
      `${what} holds no polls: check the names of the bucket and the cluster, or wait for the first poll`,
    ]);
  } finally {
    client.destroy();
  }
}

/** @throws SettingsError when it holds something else, which must not be overwritten */
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
    throw new SettingsError([`${what} cannot be written: ${messageOf(error)}; name a file in an existing folder`]);
  }
}
