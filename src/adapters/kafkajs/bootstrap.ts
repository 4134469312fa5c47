/** The brokers to begin with, in the shape that kafkajs takes. */
import { SettingsError } from '#core/errors.ts';

/**
 * Brokers in a comma-separated list of `host:port`.
 *
 * @throws SettingsError naming every entry that is not one; IPv6 addresses are not, since kafkajs cuts at the first colon
 */
export function parseBootstrap(text: string): readonly string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new SettingsError(['bootstrap brokers are empty; give host:port, comma separated']);
  const wrong = entries.filter((entry) => !isUsable(entry));
  if (wrong.length === 0) return [...new Set(entries)];
  throw new SettingsError(
    wrong.map(
      (entry) =>
        `bootstrap broker ${JSON.stringify(entry)} must be host:port with a port from 1 to 65535, and kafkajs takes no IPv6 address`,
    ),
  );
}

function isUsable(entry: string): boolean {
  const port = Number(/^[^\s/:]+:(\d{1,5})$/.exec(entry)?.[1]);
  return port >= 1 && port <= 65_535;
}
