/** Connections to brokers, kept from reading to reading, and what each broker can speak. */
import { type API, apiVersionsV3, type Broker, type Connection, ConnectionPool } from '@platformatic/kafka';
import { AT_ONCE } from './bounded.ts';
import { createLogin, type Login, type LoginSettings } from './login.ts';
import type { KafkaRequest } from './requests.ts';

export interface ConnectionSettings extends LoginSettings {
  /** Of a whole reading. A request or a connection attempt may take a third of it, so that one dead broker does not take all. */
  readonly timeoutMs: number;
  /** Brokers go by DNS names, which TLS then sends along (SNI); an address must not be sent. */
  readonly namedBrokers: boolean;
  readonly clientId: string;
}

/** A connection that is ready, and the versions its broker speaks. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly versions: BrokerVersions;
  /** It was open before: the broker may have closed it in the meantime without our notice. */
  readonly reused: boolean;
}

export interface Connections {
  /** Connects, or hands out the connection that is there. @throws what the client, or the source of credentials, says */
  open(broker: Broker): Promise<OpenConnection>;
  /** A connection to this broker is up. */
  isOpen(broker: Broker): boolean;
  /** A login was refused: connections that begin later load credentials anew. False when that can change nothing. */
  forgetLogin(): boolean;
  close(): Promise<void>;
}

/** Lowest and highest version of each request, by its number in the protocol. */
export type BrokerVersions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** Connections are made when first asked for. @throws SettingsError when the login lacks what it needs */
export function createConnections(settings: ConnectionSettings): Connections {
  const login = createLogin(settings);
  const pool = new ConnectionPool(settings.clientId, clientOptions(settings, login));
  const versions = new WeakMap<Connection, Promise<BrokerVersions>>();
  const errors = new WeakMap<Connection, Error>();
  // A socket can fail more than once; an error event that nobody hears would end the process.
  pool.on('connecting', ({ connection }) => connection.on('error', (error) => errors.set(connection, error)));
  return {
    isOpen: (broker) => pool.getEstablishedConnection(broker)?.isConnected() === true,
    async open(broker) {
      const reused = pool.getEstablishedConnection(broker)?.isConnected() === true;
      if (!reused) await login.prepare();
      const connection = await pool.get(broker);
      const asked = versions.get(connection) ?? readVersions(connection);
      versions.set(connection, asked);
      try {
        return { connection, versions: await asked, reused };
      } catch (error) {
        // With TLS 1.3 a broker refuses a certificate after the connection came about; the client then tells of its end alone.
        throw errors.get(connection) ?? error;
      }
    },
    forgetLogin: () => login.forget(),
    close: () => pool.close(),
  };
}

/** The newest version of a request that both sides speak; `undefined` when there is none. */
export const pickVersion = <Args extends unknown[], Response>(
  request: KafkaRequest<Args, Response>,
  versions: BrokerVersions,
): API<Args, Response> | undefined =>
  request.versions.find((api) => {
    const range = versions.get(api.key);
    return range !== undefined && api.version >= range.minVersion && api.version <= range.maxVersion;
  });

function clientOptions(settings: ConnectionSettings, { options }: Login) {
  return {
    connectTimeout: Math.min(5_000, Math.ceil(settings.timeoutMs / 3)),
    requestTimeout: Math.ceil(settings.timeoutMs / 3),
    // Nothing waits in the client, where a request would not hear that its connection was lost.
    maxInflights: 2 * AT_ONCE,
    ...options,
    ...(options.tls === undefined ? {} : { tlsServerName: settings.namedBrokers }),
  };
}

async function readVersions(connection: Connection): Promise<BrokerVersions> {
  try {
    const { apiKeys } = await apiVersionsV3.api.async(connection, 'msk-lag-watcher', '0');
    return new Map(apiKeys.map((api) => [api.apiKey, api]));
  } catch (error) {
    // An error of this answer must not be taken for an answer to what is asked next.
    throw new Error('the broker did not tell its versions', { cause: error });
  }
}
