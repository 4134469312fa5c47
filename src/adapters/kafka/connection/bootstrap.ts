/** The brokers to begin with, as people and MSK write them. */
import { type Broker, parseBroker } from '@platformatic/kafka';
import { SettingsError } from '#core/errors.ts';

/**
 * Brokers in a comma-separated list of `host:port`.
 *
 * @throws SettingsError naming every entry that is not one
 */
export function parseBootstrap(text: string): readonly Broker[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new SettingsError(['bootstrap brokers are empty; give host:port, comma separated']);
  const brokers = entries.map((entry) => ({ entry, broker: parseBroker(entry, Number.NaN) }));
  const wrong = brokers.filter(({ broker }) => !isUsable(broker)).map(({ entry }) => entry);
  if (wrong.length === 0) return brokers.map(({ broker }) => broker);
  throw new SettingsError(
    wrong.map((entry) => `bootstrap broker ${JSON.stringify(entry)} must be host:port with a port from 1 to 65535`),
  );
}

const isUsable = ({ host, port }: Broker): boolean =>
  /^[^\s/]+$/.test(host) && Number.isInteger(port) && port >= 1 && port <= 65_535;
