/**
 * Checks what a reading needs, one thing at a time: each unknown of a reading has its line here.
 */
import type { Broker } from '@platformatic/kafka';
import type { BatchReaderOptions } from '#adapters/kafka/batch-reader.ts';
import { type Connections, createConnections } from '#adapters/kafka/connection/connections.ts';
import type { Outcome } from '#adapters/kafka/protocol/failures.ts';
import { METADATA } from '#adapters/kafka/protocol/requests.ts';
import { type ClusterBrokers, findBrokers } from '#adapters/kafka/session/find-brokers.ts';
import { beginSession, type RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName, parseBootstrap } from '#adapters/kafka-access/bootstrap.ts';
import { ERROR_NAMES, messageOf, WatcherError } from '#core/errors.ts';
import { type Check, failed, passed } from './check.ts';
import { checkRights, type Named } from './check-rights.ts';
import { kafkaAtLeast } from './kafka-version.ts';

export interface SelfCheck {
  /** In order. Without a login or a broker that answers, there are no checks of permissions. */
  readonly checks: readonly Check[];
  /** Some broker accepted the login and answered. */
  readonly reached: boolean;
}

/** Options of a reader, and names to check. */
export type SelfCheckOptions = Omit<BatchReaderOptions, 'namedGroups'> & Named;

/**
 * Checks brokers, login and permissions. It closes all its connections.
 *
 * @throws SettingsError as the reader does
 */
export async function selfCheck(options: SelfCheckOptions): Promise<SelfCheck> {
  const bootstrap = parseBootstrap(options.bootstrapBrokers);
  const connections = createConnections({ ...options, bootstrap });
  try {
    const session = beginSession({ connections, auth: options.auth, timeoutMs: options.timeoutMs });
    const found = await logIn(session, bootstrap);
    if (!found.ok) return { checks: found.checks, reached: false };
    const { cluster } = found;
    const brokers = await Promise.all(
      everyBroker(bootstrap, cluster).map((broker) => checkBroker(session, connections, broker)),
    );
    const login = passed('login', `auth ${options.auth} is accepted`);
    return { checks: [login, ...brokers, ...(await checkRights(session, cluster, options))], reached: true };
  } finally {
    await connections.close();
  }
}

type Found =
  | { readonly ok: true; readonly cluster: ClusterBrokers }
  | { readonly ok: false; readonly checks: readonly Check[] };

async function logIn(session: RequestSession, bootstrap: readonly Broker[]): Promise<Found> {
  let outcome: Outcome<ClusterBrokers>;
  try {
    outcome = await findBrokers(session, bootstrap);
  } catch (error) {
    if (!(error instanceof WatcherError) || error.name === ERROR_NAMES.settings) throw error;
    return { ok: false, checks: [failed('login', 'denied', messageOf(error))] };
  }
  if (outcome.ok) return { ok: true, cluster: outcome.value };
  return { ok: false, checks: [failed('brokers', 'unknown', `none answered: ${outcome.reason}`), NO_LOGIN] };
}

const NO_LOGIN = failed('login', 'unknown', 'no broker answered');

/** Bootstrap brokers and brokers of the cluster, each once. */
const everyBroker = (bootstrap: readonly Broker[], { brokers }: ClusterBrokers): readonly Broker[] => [
  ...new Map([...bootstrap, ...brokers].map((broker) => [brokerName(broker), broker])).values(),
];

async function checkBroker(session: RequestSession, connections: Connections, broker: Broker): Promise<Check> {
  const name = `broker ${brokerName(broker)}`;
  const outcome = await session.send(broker, METADATA, [], false, false);
  if (!outcome.ok) return failed(name, 'unknown', outcome.reason);
  const { versions } = await connections.open(broker);
  const kafka = kafkaAtLeast(versions);
  if (kafka !== undefined) return passed(name, `answers; speaks the protocol of Kafka ${kafka} or later`);
  return failed(
    name,
    'unknown',
    'answers; speaks the protocol of a Kafka before 2.8',
    'upgrade it: offsets are not read from it',
  );
}
