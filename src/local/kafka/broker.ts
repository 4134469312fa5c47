/** A real Apache Kafka on this machine: one process for each node. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { present } from '#core/text/json.ts';
import { type Child, removeFolder, removeFolderAtExit } from '#local/process/child.ts';
import { guardAgainstCrash } from './guard.ts';
import { type KafkaJars, kafkaJars, startJava } from './java.ts';
import {
  type BrokerOptions,
  bootstrapOf,
  type ClusterPlan,
  type KafkaNode,
  planCluster,
  serverProperties,
} from './node-config.ts';
import { type ExtraListeners, NEWEST, type Release } from './release.ts';

/** A busy machine needs several times the usual five seconds. */
const START_TIMEOUT_MS = 60_000;
/** Short: the log is thrown away, and a cluster that ends as a whole waits in vain for a quorum. */
const STOP_GRACE_MS = 1_000;

export interface KafkaOptions extends BrokerOptions {
  /** Gets one line for each step. */
  readonly progress: (line: string) => void;
  /** Nodes of the cluster; 1 when absent. */
  readonly brokers?: number;
  /** The newest that is pinned when absent. */
  readonly release?: Release;
  /** Listeners beside the plaintext one; none when absent. */
  readonly extraListeners?: ExtraListeners;
  /** Options of each broker's virtual machine. */
  readonly javaOptions?: readonly string[];
}

/** A running cluster. It ends with this process at the latest. */
export interface KafkaStand {
  /** `host:port` of every broker, comma separated. */
  readonly bootstrap: string;
  /** Process ids of the brokers, in order of node id. */
  readonly pids: readonly number[];
  /** Process ids of what the brokers need beside themselves. */
  readonly helperPids: readonly number[];
  readonly kafkaVersion: string;
  /**
   * `host:port` of every broker at an extra listener, comma separated; empty when there is no such
   * listener.
   */
  bootstrapAt(listener: string): string;
  /** Removed by `stop`. */
  readonly dataDir: string;
  /** Ends all processes and removes their data. Calling it again is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster on free ports of 127.0.0.1; resolves when every broker is in its metadata.
 *
 * @throws when Java or Maven is missing, or a process ends or is not ready in time, with the last
 * lines of its log
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaStand> {
  const { brokers = 1, release = NEWEST, extraListeners, javaOptions = [] } = options;
  const jars = await kafkaJars(release.pom, options.progress);
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
    const quorum = await release.startQuorum?.(jars, join(dataDir, 'quorum'));
    if (quorum !== undefined) started.push(quorum.child);
    const helperPids = started.map((child) => child.pid);
    const plan = await planCluster({
      ...options,
      brokers,
      root: dataDir,
      ...present({ quorumSettings: quorum?.settings }),
      extraListeners: extraListeners?.names ?? [],
    });
    await writeConfigs(plan, extraListeners);
    if (quorum === undefined) await formatNodes(jars, plan.nodes, extraListeners?.formatArgs ?? []);
    const nodes = plan.nodes.map((node) => startNode(jars, node, javaOptions));
    started.push(...nodes);
    guard = guardAgainstCrash(
      started.map((child) => child.pid),
      dataDir,
    );
    const bootstrap = bootstrapOf(plan.nodes);
    await waitUntilReady(bootstrap, started);
    options.progress(`Kafka ${jars.version} runs at ${bootstrap}`);
    return {
      bootstrap,
      bootstrapAt: (listener) => bootstrapOf(plan.nodes, listener),
      pids: nodes.map((child) => child.pid),
      helperPids,
      kafkaVersion: jars.version,
      dataDir,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeConfigs(plan: ClusterPlan, extraListeners: ExtraListeners | undefined): Promise<void> {
  for (const node of plan.nodes) {
    await mkdir(node.folder, { recursive: true });
    const settings = (await extraListeners?.prepare(node.folder)) ?? {};
    await writeFile(configFile(node), serverProperties(node, { ...plan, settings: { ...settings, ...plan.settings } }));
  }
}

async function formatNodes(jars: KafkaJars, nodes: readonly KafkaNode[], more: readonly string[]): Promise<void> {
  // A leading dash would read as an option.
  const clusterId = `L${randomBytes(16).toString('base64url').slice(1)}`;
  await Promise.all(
    nodes.map(async (node) => {
      const args = ['format', '--cluster-id', clusterId, '--config', configFile(node), ...more];
      const tool = startJava(jars, { mainClass: 'kafka.tools.StorageTool', args, name: 'the Kafka storage tool' });
      const { code } = await tool.exited;
      if (code !== 0)
        throw new Error(`the log folder of broker ${node.id} could not be formatted:\n${lastLines(tool)}`);
    }),
  );
}

const configFile = (node: KafkaNode): string => join(node.folder, 'server.properties');

function startNode(jars: KafkaJars, node: KafkaNode, javaOptions: readonly string[]): Child {
  return startJava(jars, {
    mainClass: 'kafka.Kafka',
    args: [configFile(node)],
    name: `Kafka broker ${node.id}`,
    options: ['-Xms256m', '-Xmx512m', ...javaOptions],
  });
}

/**
 * Ready: every broker answers that all of them are there. `children` are all processes of the
 * cluster.
 */
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
