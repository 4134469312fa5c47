/** A Kafka as tests need it: with logins, ACLs or an older release, beside what the demo needs. */
import { present } from '#core/text/json.ts';
import { type KafkaStand, startKafka } from '#local/kafka/broker.ts';
import type { NodeSettings } from '#local/kafka/node-config.ts';
import { type ListenerKind, listenerName, listenersOf, type StandCertificates, type Users } from './listeners.ts';
import { KAFKA_2_8 } from './older-kafka.ts';

export interface StandOptions {
  /** Nodes of the cluster; 1 when absent. */
  readonly brokers?: number;
  /** The newest that is pinned when absent. */
  readonly version?: '2.8.2';
  /** Listeners beside the plaintext one, of the newest Kafka only. None when absent. */
  readonly listeners?: readonly ListenerKind[];
  /** Users that may log in at the scram listener. */
  readonly users?: Users;
  /**
   * Only what ACLs allow is allowed, except on the plaintext listener; the newest Kafka only. Off
   * when absent.
   */
  readonly acls?: boolean;
  /** Ports that brokers give clients instead of their own, in order of node id. */
  readonly advertised?: Partial<Readonly<Record<ListenerKind, readonly number[]>>>;
  /** NodeSettings of every broker; they replace the stand's own. */
  readonly settings?: NodeSettings;
}

/** A running cluster. It ends with this process at the latest. */
export interface TestKafka extends KafkaStand {
  /**
   * `host:port` of every broker, comma separated.
   *
   * @throws RangeError when the cluster has no such listener
   */
  bootstrapOf(kind: ListenerKind): string;
  /** Absent without listeners beside the plaintext one. */
  readonly certificates?: StandCertificates;
}

/** Clients of the plaintext listener, the brokers among them, are all one user. */
const ACL_SETTINGS: NodeSettings = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};

/**
 * Starts a cluster.
 *
 * @throws RangeError when an older Kafka is to do what only the newest does
 * @throws as `startKafka` of the stand does
 */
export async function startTestKafka(options: StandOptions = {}): Promise<TestKafka> {
  const { brokers, version, listeners = [], users = {}, acls = false, advertised = {}, settings } = options;
  if (version !== undefined && (listeners.length > 0 || Object.keys(users).length > 0 || acls)) {
    throw new RangeError(`Kafka ${version} is started with a plaintext listener and without ACLs only`);
  }
  const made = listeners.length === 0 ? undefined : listenersOf(listeners, users);
  const kafka = await startKafka({
    ...present({ brokers, extraListeners: made?.extra, release: version === undefined ? undefined : KAFKA_2_8 }),
    advertised: Object.fromEntries(
      Object.entries(advertised).map(([kind, ports]) => [listenerName(kind as ListenerKind), ports]),
    ),
    settings: { ...(acls ? ACL_SETTINGS : {}), ...settings },
    progress: () => {},
  });
  return {
    ...kafka,
    ...present({ certificates: made?.pki.certificates }),
    bootstrapOf: (kind) => {
      const bootstrap = kafka.bootstrapAt(listenerName(kind));
      if (bootstrap === '') throw new RangeError(`the cluster was started without a listener ${kind}`);
      return bootstrap;
    },
  };
}
