/** Connections to brokers, kept from reading to reading, and what each broker can speak. */
import { type API, apiVersionsV3, type Broker, type Connection, ConnectionPool } from '@platformatic/kafka';
import { SettingsError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { AT_ONCE } from './bounded.ts';
import { tokenSource } from './iam-token.ts';
import type { KafkaRequest } from './requests.ts';

export interface ConnectionSettings {
  /** `iam`: TLS and a locally signed MSK token. `plaintext`: neither. */
  readonly auth: 'plaintext' | 'iam';
  /** Of the cluster; needed by `iam` alone. */
  readonly region?: string;
  /** Of a whole reading. A request or a connection attempt may take a third of it, so that one dead broker does not take all. */
  readonly timeoutMs: number;
  /** Brokers go by DNS names, which TLS then sends along (SNI); an address must not be sent. */
  readonly namedBrokers: boolean;
  readonly clientId: string;
  readonly clock: Clock;
}

/** A connection that is ready, and the versions its broker speaks. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly versions: BrokerVersions;
  /** It was open before: the broker may have closed it in the meantime without our notice. */
  readonly reused: boolean;
}

export interface Connections {
  /** Connects, or hands out the connection that is there. @throws what the client says */
  open(broker: Broker): Promise<OpenConnection>;
  /** A connection to this broker is up. */
  isOpen(broker: Broker): boolean;
  close(): Promise<void>;
}

/** Lowest and highest version of each request, by its number in the protocol. */
export type BrokerVersions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** Connections are made when first asked for. */
export function createConnections(settings: ConnectionSettings): Connections {
  const token = settings.auth === 'iam' ? iamToken(settings) : undefined;
  const pool = new ConnectionPool(settings.clientId, clientOptions(settings, token));
  const versions = new WeakMap<Connection, Promise<BrokerVersions>>();
  // A socket can fail more than once; an error event that nobody hears would end the process.
  pool.on('connecting', ({ connection }) => connection.on('error', () => {}));
  return {
    isOpen: (broker) => pool.getEstablishedConnection(broker)?.isConnected() === true,
    async open(broker) {
      const reused = pool.getEstablishedConnection(broker)?.isConnected() === true;
      await token?.(); // without credentials no broker needs to be bothered
      const connection = await pool.get(broker);
      const asked = versions.get(connection) ?? readVersions(connection);
      versions.set(connection, asked);
      return { connection, versions: await asked, reused };
    },
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

function iamToken({ region, clock }: ConnectionSettings): () => Promise<string> {
  if (region === undefined) throw new SettingsError(['auth iam needs the region of the cluster; got none']);
  return tokenSource(region, clock);
}

function clientOptions(settings: ConnectionSettings, token: (() => Promise<string>) | undefined) {
  const limits = {
    connectTimeout: Math.min(5_000, Math.ceil(settings.timeoutMs / 3)),
    requestTimeout: Math.ceil(settings.timeoutMs / 3),
    // Nothing waits in the client, where a request would not hear that its connection was lost.
    maxInflights: 2 * AT_ONCE,
  };
  if (token === undefined) return limits;
  const sasl = { mechanism: 'OAUTHBEARER' as const, token };
  return { ...limits, tls: {}, tlsServerName: settings.namedBrokers, sasl };
}

async function readVersions(connection: Connection): Promise<BrokerVersions> {
  const { apiKeys } = await apiVersionsV3.api.async(connection, 'msk-lag-watcher', '0');
  return new Map(apiKeys.map((api) => [api.apiKey, api]));
}
