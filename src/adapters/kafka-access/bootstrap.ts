/** The brokers to connect to first, as people and MSK write them. */
import { SettingsError } from '#core/errors.ts';

/** A broker's address. An IPv6 `host` has no brackets. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, or `[IPv6]:port`. */
const ADDRESS = /^(?:\[([^\s/[\]]+)\]|([^\s/:]+)):(\d{1,5})$/;

/**
 * Brokers in a comma-separated list of `host:port`, each once.
 *
 * @throws SettingsError naming every wrong entry
 */
export function parseBootstrap(text: string): readonly BrokerAddress[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new SettingsError(['bootstrap brokers are empty; give host:port, comma separated']);
  const brokers = [...new Set(entries)].map((entry) => ({ entry, broker: parseAddress(entry) }));
  const wrong = brokers.filter(({ broker }) => broker === undefined).map(({ entry }) => JSON.stringify(entry));
  if (wrong.length === 0) return brokers.flatMap(({ broker }) => broker ?? []);
  throw new SettingsError(
    wrong.map((entry) => `bootstrap broker ${entry} must be host:port with a port from 1 to 65535`),
  );
}

function parseAddress(entry: string): BrokerAddress | undefined {
  const [, address, name, digits] = ADDRESS.exec(entry) ?? [];
  const host = address ?? name;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** `host:port`, for messages. */
export const brokerName = ({ host, port }: BrokerAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Names of several brokers, for a message. */
export const brokerNames = (brokers: readonly BrokerAddress[]): string => brokers.map(brokerName).join(', ');
