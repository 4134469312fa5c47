/** Looks at everything that a reading needs, one thing at a time: what a reading would leave unknown has its line here. */
import { isIP } from 'node:net';
import type { Broker } from '@platformatic/kafka';
import type { BatchReaderOptions } from '#adapters/kafka/batch-reader.ts';
import { type Connections, createConnections } from '#adapters/kafka/connection/connections.ts';
import type { Outcome } from '#adapters/kafka/protocol/failures.ts';
import { METADATA } from '#adapters/kafka/protocol/requests.ts';
import { type Cluster, findCluster } from '#adapters/kafka/session/find-cluster.ts';
import { beginSession, type RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName, parseBootstrap } from '#adapters/kafka-access/bootstrap.ts';
import { ERROR_NAMES, messageOf, WatcherError } from '#core/errors.ts';
import { type Check, fine, wanting } from './check.ts';
import { checkRights, type Named } from './check-rights.ts';
import { kafkaAtLeast } from './kafka-version.ts';

export interface SelfCheck {
  /** In the order in which they were made. Without a login, or without a broker that answers, no right can be checked. */
  readonly checks: readonly Check[];
  /** Some broker took the login and answered. */
  readonly reached: boolean;
}

/** What may be asked for by name, beside what a reader is made of. */
export type SelfCheckOptions = Omit<BatchReaderOptions, 'namedGroups'> & Named;

/**
 * Checks brokers, login and rights. Nothing is kept open.
 *
 * @throws SettingsError as the reader does
 */
export async function selfCheck(options: SelfCheckOptions): Promise<SelfCheck> {
  const bootstrap = parseBootstrap(options.bootstrapBrokers);
  const connections = createConnections({
    ...options,
    clientId: options.clientId ?? 'msk-lag-watcher',
    namedBrokers: bootstrap.every((broker) => isIP(broker.host) === 0),
  });
  try {
    const session = beginSession({ connections, auth: options.auth, timeoutMs: options.timeoutMs });
    const found = await logIn(session, bootstrap);
    if (!found.ok) return { checks: found.checks, reached: false };
    const { cluster } = found;
    const brokers = await Promise.all(
      everyBroker(bootstrap, cluster).map((broker) => checkBroker(session, connections, broker)),
    );
    const login = fine('login', `auth ${options.auth} is taken`);
    return { checks: [login, ...brokers, ...(await checkRights(session, cluster, options))], reached: true };
  } finally {
    await connections.close();
  }
}

type Found =
  | { readonly ok: true; readonly cluster: Cluster }
  | { readonly ok: false; readonly checks: readonly Check[] };

async function logIn(session: RequestSession, bootstrap: readonly Broker[]): Promise<Found> {
  let outcome: Outcome<Cluster>;
  try {
    outcome = await findCluster(session, bootstrap);
  } catch (error) {
    if (!(error instanceof WatcherError) || error.name === ERROR_NAMES.settings) throw error;
    return { ok: false, checks: [wanting('login', 'denied', messageOf(error))] };
  }
  if (outcome.ok) return { ok: true, cluster: outcome.value };
  return { ok: false, checks: [wanting('brokers', 'unknown', `none answered: ${outcome.reason}`), NO_LOGIN] };
}

const NO_LOGIN = wanting('login', 'unknown', 'no broker could be asked');

/** Those to begin with, and those of the cluster, once. */
const everyBroker = (bootstrap: readonly Broker[], { brokers }: Cluster): readonly Broker[] => [
  ...new Map([...bootstrap, ...brokers].map((broker) => [brokerName(broker), broker])).values(),
];

async function checkBroker(session: RequestSession, connections: Connections, broker: Broker): Promise<Check> {
  const name = `broker ${brokerName(broker)}`;
  const outcome = await session.ask(broker, METADATA, [], false, false);
  if (!outcome.ok) return wanting(name, 'unknown', outcome.reason);
  const { versions } = await connections.open(broker);
  const kafka = kafkaAtLeast(versions);
  if (kafka !== undefined) return fine(name, `answers; speaks the protocol of Kafka ${kafka} or later`);
  return wanting(
    name,
    'unknown',
    'answers; speaks the protocol of a Kafka before 2.8',
    'upgrade it: offsets are not read from it',
  );
}
