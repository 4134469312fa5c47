/** Connections to brokers, which readings share, and the versions that each broker supports. */
import { isIP } from 'node:net';
import { type API, apiVersionsV3, type Broker, Connection, ConnectionStatuses } from '@platformatic/kafka';
import type { KafkaRequest } from '#adapters/kafka/protocol/requests.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import type { LoginSettings } from '#adapters/kafka-access/login.ts';
import { AT_ONCE } from './bounded.ts';
import { createLogin, type Login } from './login.ts';

export interface ConnectionSettings extends LoginSettings {
  /**
   * Time of a whole reading. A request or connection may take a third, so that a dead broker leaves
   * time for others.
   */
  readonly timeoutMs: number;
  readonly bootstrap: readonly Broker[];
  /** Shown in the brokers' logs and quotas. Default: `msk-lag-watcher`. */
  readonly clientId?: string;
}

/** A connection that is ready, and the versions that its broker supports. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly versions: BrokerVersions;
  /** It was open before. The broker may have closed it unnoticed. */
  readonly reused: boolean;
}

export interface Connections {
  /**
   * Connects, or returns the open connection.
   *
   * @throws errors of the client or of the source of credentials
   */
  open(broker: Broker): Promise<OpenConnection>;
  /** There is a connection to this broker, and the broker has answered on it. */
  isOpen(broker: Broker): boolean;
  /**
   * A broker refused the login: later connections load credentials again. False when that can
   * change nothing.
   */
  forgetLogin(): boolean;
  close(): Promise<void>;
}

/** Lowest and highest version of each request, by its number in the protocol. */
export type BrokerVersions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

/**
 * One connection to each broker, made when first needed.
 *
 * @throws SettingsError when the login lacks what it needs
 */
export function createConnections(settings: ConnectionSettings): Connections {
  const login = createLogin(settings);
  // The client's own pool loses a connection that replaces one that is still closing.
  const lines = new Map<string, Line>();
  let closed = false;
  return {
    isOpen: (broker) => isUp(lines.get(brokerName(broker))),
    async open(broker) {
      if (closed) throw new Error('the reader was closed');
      const name = brokerName(broker);
      const there = lines.get(name);
      const line = isUsable(there) ? there : newLine(settings, login, broker);
      lines.set(name, line);
      const reused = isUp(line);
      try {
        const versions = await line.versions;
        // The client must not send while it renews the login.
        if (line.connection.status === ConnectionStatuses.REAUTHENTICATING) await line.connection.ready();
        return { connection: line.connection, versions, reused };
      } catch (error) {
        if (lines.get(name) === line) lines.delete(name);
        throw error;
      }
    },
    forgetLogin: () => login.forget(),
    async close() {
      closed = true;
      const all = [...lines.values()];
      lines.clear();
      // A connection that has only begun can be closed once it is open.
      for (const { connection, versions } of all)
        void versions.then(
          () => connection.close(),
          () => {},
        );
      await Promise.all(all.map(({ connection }) => connection.close()));
    },
  };
}

/** A connection, from its first attempt. */
interface Line {
  readonly connection: Connection;
  /** Resolves when the connection is ready. */
  readonly versions: Promise<BrokerVersions>;
  /** The connection is, or was, ready. */
  welcomed: boolean;
}

const OVER: readonly string[] = [ConnectionStatuses.CLOSING, ConnectionStatuses.CLOSED, ConnectionStatuses.ERROR];

const isUsable = (line: Line | undefined): line is Line => line !== undefined && !OVER.includes(line.connection.status);

const isUp = (line: Line | undefined): boolean => isUsable(line) && line.welcomed;

function newLine(settings: ConnectionSettings, login: Login, broker: Broker): Line {
  const connection = new Connection(settings.clientId ?? 'msk-lag-watcher', clientOptions(settings, login));
  let failed: Error | undefined;
  // A socket can fail more than once, and an error event without a listener ends the process.
  connection.on('error', (error) => {
    failed = error;
  });
  const begin = async () => {
    try {
      await login.prepare();
      await connection.connect(broker.host, broker.port);
      const versions = await readVersions(connection);
      line.welcomed = true;
      return versions;
    } catch (error) {
      connection.socket?.destroy();
      // With TLS 1.3 a broker refuses a certificate after the connection opened. The client then
      // reports only its end.
      throw failed ?? error;
    }
  };
  const line: Line = { connection, versions: begin(), welcomed: false };
  return line;
}

/** The newest version of a request that both sides support; `undefined` when there is none. */
export const pickVersion = <Args extends unknown[], Response>(
  request: KafkaRequest<Args, Response>,
  versions: BrokerVersions,
): API<Args, Response> | undefined =>
  request.versions.find((api) => {
    const range = versions.get(api.key);
    return range !== undefined && api.version >= range.minVersion && api.version <= range.maxVersion;
  });

function clientOptions(settings: ConnectionSettings, { options }: Login) {
  // TLS sends the name of the broker along (SNI), but must not send an address.
  const isNamed = settings.bootstrap.every(({ host }) => isIP(host) === 0);
  return {
    connectTimeout: Math.min(5_000, Math.ceil(settings.timeoutMs / 3)),
    requestTimeout: Math.ceil(settings.timeoutMs / 3),
    // A request that queues in the client would not notice that its connection was lost.
    maxInflights: 2 * AT_ONCE,
    ...options,
    ...(options.tls === undefined ? {} : { tlsServerName: isNamed }),
  };
}

async function readVersions(connection: Connection): Promise<BrokerVersions> {
  try {
    const { apiKeys } = await apiVersionsV3.api.async(connection, 'msk-lag-watcher', '0');
    return new Map(apiKeys.map((api) => [api.apiKey, api]));
  } catch (error) {
    // The wrapper keeps this from looking like the response to the caller's own request.
    throw new Error('the broker did not return its versions', { cause: error });
  }
}
