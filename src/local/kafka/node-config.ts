/** The nodes of a local cluster as data, and the broker configuration that follows from them. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type ListenerKind, listenerName, listenerSettings } from './listeners.ts';
import type { Release } from './releases.ts';

/** One node: a broker, and its controller in the same process unless there is a ZooKeeper. */
export interface KafkaNode {
  /** From 1. */
  readonly id: number;
  readonly port: number;
  /** Of its controller; unused with ZooKeeper. */
  readonly controllerPort: number;
  /** Ports of the listeners beside the plaintext one. */
  readonly listeners: ReadonlyMap<ListenerKind, number>;
  /** Ports that it tells clients instead. */
  readonly advertised: ReadonlyMap<ListenerKind, number>;
  /** Holds the configuration file and the log. */
  readonly folder: string;
}

/** The one ZooKeeper of a cluster. */
export interface ZooKeeperNode {
  readonly port: number;
  /** Holds the configuration file and the data. */
  readonly folder: string;
}

/** What brokers tell clients, and are told, beside what the stand decides. */
export interface BrokerOptions {
  /**
   * Ports that brokers tell clients instead of their own, in order of node id: of something on this machine that stands
   * between the two.
   */
  readonly advertised?: Partial<Readonly<Record<ListenerKind, readonly number[]>>>;
  /** Settings of every broker; they take the place of the stand's own. */
  readonly settings?: Settings;
}

/** A whole cluster. */
export interface ClusterPlan {
  readonly nodes: readonly KafkaNode[];
  /** Absent where the nodes are their own controllers. */
  readonly zooKeeper?: ZooKeeperNode;
  /** Only what ACLs allow is allowed, except on the plaintext listener. */
  readonly acls: boolean;
  readonly settings: Settings;
}

/** What is asked of `planCluster`. */
export interface PlanOptions extends BrokerOptions {
  readonly brokers: number;
  /** Folder that will hold those of the nodes. */
  readonly root: string;
  readonly quorum: Release['quorum'];
  /** Beside the plaintext one. */
  readonly listeners: readonly ListenerKind[];
  readonly acls: boolean;
}

/** Only this machine may connect. */
export const HOST = '127.0.0.1';

/** Plans the nodes, and ZooKeeper where it is needed, on free ports, each with its folder under the root. */
export async function planCluster(options: PlanOptions): Promise<ClusterPlan> {
  const { brokers, root, quorum, listeners, acls, advertised = {}, settings = {} } = options;
  const [keeperPort = 0, ...ports] = await freePorts(1 + brokers * (2 + listeners.length));
  const next = () => ports.shift() ?? 0;
  const nodes = Array.from({ length: brokers }, (_, index) => ({
    id: index + 1,
    port: next(),
    controllerPort: next(),
    listeners: new Map(listeners.map((kind) => [kind, next()])),
    advertised: new Map(listeners.flatMap((kind) => portOf(kind, advertised[kind]?.[index]))),
    folder: join(root, `node-${index + 1}`),
  }));
  const plan = { nodes, acls, settings };
  return quorum === 'kraft' ? plan : { ...plan, zooKeeper: { port: keeperPort, folder: join(root, 'zookeeper') } };
}

const portOf = (kind: ListenerKind, port: number | undefined): [ListenerKind, number][] =>
  port === undefined ? [] : [[kind, port]];

/** `host:port` of every node, comma separated. */
export const bootstrapOf = (nodes: readonly KafkaNode[]): string =>
  nodes.map((node) => `${HOST}:${node.port}`).join(',');

/** The same of another listener; `undefined` when the nodes have none of the kind. */
export function bootstrapOfListener(nodes: readonly KafkaNode[], kind: ListenerKind): string | undefined {
  const ports = nodes.flatMap((node) => node.listeners.get(kind) ?? []);
  return ports.length === 0 ? undefined : ports.map((port) => `${HOST}:${port}`).join(',');
}

/** `server.properties` of one node. */
export function serverProperties(node: KafkaNode, { nodes, zooKeeper, acls, settings }: ClusterPlan): string {
  const replicas = Math.min(nodes.length, 3);
  return propertiesOf({
    ...(zooKeeper === undefined ? kraftSettings(node, nodes) : zooKeeperSettings(node, zooKeeper)),
    'inter.broker.listener.name': 'PLAINTEXT',
    'advertised.listeners': addressesOf(node, node.advertised),
    ...listenerSettings([...node.listeners.keys()], node.folder),
    ...(acls ? ACL_SETTINGS : {}),
    'log.dirs': join(node.folder, 'log'),
    // A reader that asks for a topic must not create it.
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 6,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    // Groups form at once, and short sessions are allowed: nobody waits for production's patience.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // The default is a quarter of the heap.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    ...settings,
  });
}

/** Clients of the plaintext listener, the brokers among them, are all one user. */
const ACL_SETTINGS: Settings = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};

/** Its listeners, at their own ports where there are no `instead`. */
const addressesOf = (node: KafkaNode, instead: KafkaNode['advertised'] = new Map()): string =>
  [
    `PLAINTEXT://${HOST}:${node.port}`,
    ...[...node.listeners].map(([kind, port]) => `${listenerName(kind)}://${HOST}:${instead.get(kind) ?? port}`),
  ].join(',');

type Settings = Readonly<Record<string, string | number | boolean>>;

/** Settings in the format of Java's properties. */
export const propertiesOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const kraftSettings = (node: KafkaNode, nodes: readonly KafkaNode[]): Settings => ({
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

const zooKeeperSettings = (node: KafkaNode, zooKeeper: ZooKeeperNode): Settings => ({
  'broker.id': node.id,
  'zookeeper.connect': `${HOST}:${zooKeeper.port}`,
  // It starts at the same time.
  'zookeeper.connection.timeout.ms': 60_000,
  listeners: `PLAINTEXT://${HOST}:${node.port}`,
  // A topic of one replica could not be written to with acks=all: newer Kafkas lower this to its number of replicas.
  'min.insync.replicas': 1,
});

/** All ports are held until the last is known, so that no two are the same. */
async function freePorts(count: number): Promise<readonly number[]> {
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
