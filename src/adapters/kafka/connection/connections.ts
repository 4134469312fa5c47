/** Connections to brokers, kept from reading to reading, and what each broker can speak. */
import { type API, apiVersionsV3, type Broker, Connection, ConnectionStatuses } from '@platformatic/kafka';
import type { KafkaRequest } from '#adapters/kafka/protocol/requests.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import type { LoginSettings } from '#adapters/kafka-access/login.ts';
import { AT_ONCE } from './bounded.ts';
import { createLogin, type Login } from './login.ts';

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
  /** A connection to this broker is up, and the broker has answered on it. */
  isOpen(broker: Broker): boolean;
  /** A login was refused: connections that begin later load credentials anew. False when that can change nothing. */
  forgetLogin(): boolean;
  close(): Promise<void>;
}

/** Lowest and highest version of each request, by its number in the protocol. */
export type BrokerVersions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** Connections are made when first asked for, one to each broker. @throws SettingsError when the login lacks what it needs */
export function createConnections(settings: ConnectionSettings): Connections {
  const login = createLogin(settings);
  // The pool of the client is not used: it loses a connection that takes the place of one that is not quite closed.
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
        // Nothing may be sent while a login is renewed.
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
      // One that has only begun can be closed when it has come about.
      for (const { connection, versions } of all)
        void versions.then(
          () => connection.close(),
          () => {},
        );
      await Promise.all(all.map(({ connection }) => connection.close()));
    },
  };
}

/** A connection from its beginning on. */
interface Line {
  readonly connection: Connection;
  /** Known when it is ready. */
  readonly versions: Promise<BrokerVersions>;
  /** It is ready, or was. */
  welcomed: boolean;
}

const OVER: readonly string[] = [ConnectionStatuses.CLOSING, ConnectionStatuses.CLOSED, ConnectionStatuses.ERROR];

const isUsable = (line: Line | undefined): line is Line => line !== undefined && !OVER.includes(line.connection.status);

const isUp = (line: Line | undefined): boolean => isUsable(line) && line.welcomed;

function newLine(settings: ConnectionSettings, login: Login, broker: Broker): Line {
  const connection = new Connection(settings.clientId, clientOptions(settings, login));
  let failed: Error | undefined;
  // A socket can fail more than once; an error event that nobody hears would end the process.
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
      // With TLS 1.3 a broker refuses a certificate after the connection came about; the client then tells of its end alone.
      throw failed ?? error;
    }
  };
  const line: Line = { connection, versions: begin(), welcomed: false };
  return line;
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
