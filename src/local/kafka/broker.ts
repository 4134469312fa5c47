/** A real Apache Kafka on this machine: a process for each node, and one for ZooKeeper where a release needs it. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { type Child, removeFolder, removeFolderAtExit } from '#local/process/child.ts';
import { guardAgainstCrash } from './guard.ts';
import { type KafkaJars, kafkaJars, startJava } from './java.ts';
import { createPki, type ListenerKind, type Pki, type StandCertificates, writePki } from './listeners.ts';
import {
  type BrokerOptions,
  bootstrapOf,
  bootstrapOfListener,
  type ClusterPlan,
  HOST,
  type KafkaNode,
  planCluster,
  serverProperties,
} from './node-config.ts';
import { type OlderKafka, type Release, releaseOf } from './releases.ts';
import { startZooKeeper } from './zookeeper.ts';

/** A busy machine needs several times the usual five seconds. */
const START_TIMEOUT_MS = 60_000;
/** Short: the log is thrown away, and a cluster that ends as a whole waits in vain for a quorum. */
const STOP_GRACE_MS = 1_000;

export interface KafkaOptions extends BrokerOptions {
  /** Hears what is being done, one line each. */
  readonly progress: (line: string) => void;
  /** Nodes of the cluster; 1 when left out. */
  readonly brokers?: number;
  /** The newest that is pinned when left out. */
  readonly version?: OlderKafka;
  /** Beside the plaintext one; the newest Kafka only. None when left out. */
  readonly listeners?: readonly ListenerKind[];
  /** Users that may log in at the scram listener, and their passwords. */
  readonly users?: Readonly<Record<string, string>>;
  /** Only what ACLs allow is allowed, except on the plaintext listener; the newest Kafka only. Off when left out. */
  readonly acls?: boolean;
}

/** A running cluster. It ends with this process at the latest. */
export interface KafkaStand {
  /** `host:port` of every broker, comma separated. */
  readonly bootstrap: string;
  /** Of the brokers, in order of node id. */
  readonly pids: readonly number[];
  /** Absent where the brokers need no ZooKeeper. */
  readonly zooKeeperPid?: number;
  readonly kafkaVersion: string;
  /** Where the brokers listen: `host:port` of each, comma separated. @throws RangeError when the cluster was started without that listener */
  bootstrapOf(kind: ListenerKind): string;
  /** Absent without listeners beside the plaintext one. */
  readonly certificates?: StandCertificates;
  /** Removed by `stop`. */
  readonly dataDir: string;
  /** Ends all processes and removes their data. Calling it again is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster on free ports of 127.0.0.1; resolves when every broker is in its metadata.
 *
 * @throws when an older Kafka is asked for what only the newest does
 * @throws when Java or Maven is missing, or a process ends or is not ready in time, with the last lines of its log
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaStand> {
  const { brokers = 1, listeners = [], users = {}, acls = false } = options;
  const release = releaseFor(options);
  const jars = await kafkaJars(release, options.progress);
  const dataDir = await mkdtemp(join(tmpdir(), 'lag-kafka-'));
  removeFolderAtExit(dataDir);
  const started: Child[] = [];
  let guard: { release(): void } | undefined;
  const stop = async () => {
    await Promise.all(started.map((child) => child.stop(STOP_GRACE_MS)));
    removeFolder(dataDir);
    guard?.release();
  };
  try {
    const plan = await planCluster({ ...options, brokers, root: dataDir, quorum: release.quorum, listeners, acls });
    const pki = listeners.length === 0 ? undefined : createPki(HOST);
    await writeConfigs(plan, pki);
    const pids = await startAll({ jars, plan, users, started });
    guard = guardAgainstCrash(
      started.map((child) => child.pid),
      dataDir,
    );
    const bootstrap = bootstrapOf(plan.nodes);
    await waitUntilReady(bootstrap, started);
    options.progress(`Kafka ${jars.version} runs at ${bootstrap}`);
    return {
      bootstrap,
      bootstrapOf: (kind) => listenerOf(plan, kind),
      ...(pki === undefined ? {} : { certificates: pki.certificates }),
      ...pids,
      kafkaVersion: jars.version,
      dataDir,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function releaseFor({ version, listeners = [], users = {}, acls = false }: KafkaOptions): Release {
  const release = releaseOf(version);
  const isPlain = listeners.length === 0 && Object.keys(users).length === 0 && !acls;
  if (release.quorum === 'kraft' || isPlain) return release;
  throw new RangeError(`Kafka ${version} is started with a plaintext listener and without ACLs only`);
}

function listenerOf({ nodes }: ClusterPlan, kind: ListenerKind): string {
  const bootstrap = bootstrapOfListener(nodes, kind);
  if (bootstrap !== undefined) return bootstrap;
  throw new RangeError(`the cluster was started without a listener ${kind}`);
}

interface Start {
  readonly jars: KafkaJars;
  readonly plan: ClusterPlan;
  readonly users: Readonly<Record<string, string>>;
  /** Takes each process from the moment it runs. */
  readonly started: Child[];
}

/** Starts every process of the plan, whose configuration is written. */
async function startAll({ jars, plan, users, started }: Start): Promise<Pick<KafkaStand, 'pids' | 'zooKeeperPid'>> {
  const keeper = plan.zooKeeper === undefined ? undefined : await startZooKeeper(jars, plan.zooKeeper);
  if (keeper === undefined) await formatNodes(jars, plan.nodes, users);
  else started.push(keeper);
  for (const node of plan.nodes) started.push(startNode(jars, node));
  const pids = started.filter((child) => child !== keeper).map((child) => child.pid);
  return keeper === undefined ? { pids } : { pids, zooKeeperPid: keeper.pid };
}

async function writeConfigs(plan: ClusterPlan, pki: Pki | undefined): Promise<void> {
  for (const node of plan.nodes) {
    await mkdir(node.folder, { recursive: true });
    if (pki !== undefined) await writePki(node.folder, pki);
    await writeFile(configFile(node), serverProperties(node, plan));
  }
}

async function formatNodes(jars: KafkaJars, nodes: readonly KafkaNode[], users: Start['users']): Promise<void> {
  // A leading dash would read as an option.
  const clusterId = `L${randomBytes(16).toString('base64url').slice(1)}`;
  const scram = Object.entries(users).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  await Promise.all(
    nodes.map(async (node) => {
      const args = ['format', '--cluster-id', clusterId, '--config', configFile(node), ...scram];
      const tool = startJava(jars, { mainClass: 'kafka.tools.StorageTool', args, name: 'the Kafka storage tool' });
      const { code } = await tool.exited;
      if (code !== 0)
        throw new Error(`the log folder of broker ${node.id} could not be formatted:\n${lastLines(tool)}`);
    }),
  );
}

const configFile = (node: KafkaNode): string => join(node.folder, 'server.properties');

function startNode(jars: KafkaJars, node: KafkaNode): Child {
  return startJava(jars, {
    mainClass: 'kafka.Kafka',
    args: [configFile(node)],
    name: `Kafka broker ${node.id}`,
    options: ['-Xms256m', '-Xmx512m'],
  });
}

/** Ready: every broker answers that all of them are there. `children` are all processes of the cluster. */
async function waitUntilReady(bootstrap: string, children: readonly Child[]): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let ended: Child | undefined;
  for (const child of children) void child.exited.then(() => (ended ??= child));
  const brokers = bootstrap.split(',');
  const pending = new Set(brokers);
  while (pending.size > 0) {
    if (ended !== undefined) throw new Error(`${ended.name} ended while it started:\n${lastLines(ended)}`);
    if (Date.now() > deadline) {
      const logs = children.map((child) => `${child.name}:\n${lastLines(child)}`).join('\n');
      throw new Error(`Kafka was not ready at ${[...pending].join(', ')} within ${START_TIMEOUT_MS / 1000} s\n${logs}`);
    }
    for (const broker of pending) {
      if ((await brokersSeenBy(broker)) === brokers.length) pending.delete(broker);
    }
    if (pending.size > 0) await delay(100);
  }
}

async function brokersSeenBy(broker: string): Promise<number> {
  const admin = new Admin({ clientId: 'lag-stand', bootstrapBrokers: [broker], retries: 0, timeout: 2_000 });
  try {
    return (await admin.metadata({ topics: [] })).brokers.size;
  } catch {
    return 0; // not yet
  } finally {
    await admin.close();
  }
}

const lastLines = (child: Child): string => child.tail().slice(-15).join('\n');
