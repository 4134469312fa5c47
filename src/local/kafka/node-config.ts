/** The nodes of a local cluster as data, and the broker configuration that follows from them. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { present } from '#core/text/json.ts';

/** One node: a broker, and its controller in the same process unless the quorum is elsewhere. */
export interface KafkaNode {
  /** From 1. */
  readonly id: number;
  readonly port: number;
  /** Port of its controller; unused when the quorum is elsewhere. */
  readonly controllerPort: number;
  /** Ports of the listeners beside the plaintext one, by name. */
  readonly listeners: ReadonlyMap<string, number>;
  /** Ports that it gives clients instead, by name of the listener. */
  readonly advertised: ReadonlyMap<string, number>;
  /** Holds the configuration file and the log. */
  readonly folder: string;
}

/** What brokers give to clients and take as settings, beside what the stand decides. */
export interface BrokerOptions {
  /**
   * Ports that brokers give clients instead of their own, by listener, in order of node id: ports
   * of something on this machine that stands between the two.
   */
  readonly advertised?: Readonly<Record<string, readonly number[]>>;
  /** NodeSettings of every broker; they replace the stand's own. */
  readonly settings?: NodeSettings;
}

/** A whole cluster. */
export interface ClusterPlan {
  readonly nodes: readonly KafkaNode[];
  /**
   * NodeSettings by which brokers find their quorum. Absent when the nodes are their own
   * controllers.
   */
  readonly quorumSettings?: NodeSettings;
  readonly settings: NodeSettings;
}

/** What `planCluster` needs to know. */
export interface PlanOptions extends BrokerOptions {
  readonly brokers: number;
  /** Folder that will hold those of the nodes. */
  readonly root: string;
  readonly quorumSettings?: NodeSettings;
  /** Names of the listeners beside the plaintext one. */
  readonly extraListeners: readonly string[];
}

/** Only this machine may connect. */
export const HOST = '127.0.0.1';

/** Plans the nodes on free ports, each with its folder under the root. */
export async function planCluster(options: PlanOptions): Promise<ClusterPlan> {
  const { brokers, root, quorumSettings, extraListeners, advertised = {}, settings = {} } = options;
  const ports = await freePorts(brokers * (2 + extraListeners.length));
  const next = () => ports.shift() ?? 0;
  const nodes = Array.from({ length: brokers }, (_, index) => ({
    id: index + 1,
    port: next(),
    controllerPort: next(),
    listeners: new Map(extraListeners.map((name) => [name, next()])),
    advertised: new Map(Object.entries(advertised).flatMap(([name, all]) => portOf(name, all[index]))),
    folder: join(root, `node-${index + 1}`),
  }));
  return { nodes, settings, ...present({ quorumSettings }) };
}

const portOf = (name: string, port: number | undefined): [string, number][] =>
  port === undefined ? [] : [[name, port]];

/**
 * `host:port` of every node, comma separated: of the plaintext listener, or of another one; empty
 * when there is none.
 */
export const bootstrapOf = (nodes: readonly KafkaNode[], listener?: string): string =>
  nodes
    .flatMap((node) => (listener === undefined ? node.port : (node.listeners.get(listener) ?? [])))
    .map((port) => `${HOST}:${port}`)
    .join(',');

/** `server.properties` of one node. */
export function serverProperties(node: KafkaNode, { nodes, quorumSettings, settings }: ClusterPlan): string {
  const replicas = Math.min(nodes.length, 3);
  return propertiesOf({
    ...(quorumSettings === undefined ? controllerSettings(node, nodes) : brokerSettings(node, quorumSettings)),
    'inter.broker.listener.name': 'PLAINTEXT',
    'advertised.listeners': addressesOf(node, node.advertised),
    'log.dirs': join(node.folder, 'log'),
    // A reader that asks for a topic must not create it.
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 6,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    // Groups form at once, and short sessions are allowed: the delays of production only cost time
    // here.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // The default is a quarter of the heap.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    ...settings,
  });
}

/** Its listeners, at their own ports or at those of `instead`. */
const addressesOf = (node: KafkaNode, instead: KafkaNode['advertised'] = new Map()): string =>
  [
    `PLAINTEXT://${HOST}:${node.port}`,
    ...[...node.listeners].map(([name, port]) => `${name}://${HOST}:${instead.get(name) ?? port}`),
  ].join(',');

export type NodeSettings = Readonly<Record<string, string | number | boolean>>;

/** NodeSettings in the format of Java's properties. */
export const propertiesOf = (settings: NodeSettings): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const controllerSettings = (node: KafkaNode, nodes: readonly KafkaNode[]): NodeSettings => ({
  'process.roles': 'broker,controller',
  'node.id': node.id,
  'controller.quorum.voters': nodes.map((n) => `${n.id}@${HOST}:${n.controllerPort}`).join(','),
  'controller.listener.names': 'CONTROLLER',
  listeners: `${addressesOf(node)},CONTROLLER://${HOST}:${node.controllerPort}`,
  'min.insync.replicas': Math.min(nodes.length, 2),
  'share.coordinator.state.topic.replication.factor': Math.min(nodes.length, 3),
  'share.coordinator.state.topic.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
});

const brokerSettings = (node: KafkaNode, quorumSettings: NodeSettings): NodeSettings => ({
  'broker.id': node.id,
  listeners: addressesOf(node),
  ...quorumSettings,
});

/**
 * Free ports of this machine. All are held until the last is known, so that no two are the same.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, HOST, resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
