/** The part of a watcher's configuration that its bill depends on. */

import { readFileSync } from 'node:fs';
import type { SeriesBudget } from '#core/cost/series-plan.ts';
import { messageOf, SettingsError } from '#core/errors.ts';
import { parseSettings, type Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

const KEYS = ['metricsTier', 'seriesBudget', 'thresholds', 'services', 'timing'] as const;

/** The settings that a bill depends on. */
export type Plannable = Pick<Settings, (typeof KEYS)[number]> & {
  /** The stack has a dashboard. */
  readonly dashboard: boolean;
};

/**
 * These settings from a configuration file of the app; without a file, their defaults. Everything
 * else in the file is ignored. `budget` takes precedence over the file.
 *
 * @throws SettingsError when the file cannot be read, or these settings are wrong
 */
export function readPlannable(path: string | undefined, budget: SeriesBudget | undefined): Plannable {
  const input: Readonly<Record<string, unknown>> = path === undefined ? {} : readObject(path);
  const chosen = Object.fromEntries(KEYS.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])));
  const own = present({ seriesBudget: budget });
  // The schema requires name and brokers; the bill does not use them.
  const settings = parseSettings({ clusterName: '-', bootstrapBrokers: '-', ...chosen, ...own });
  return { ...settings, dashboard: input.dashboard !== false };
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  try {
    const input: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input };
  } catch (error) {
    throw new SettingsError([`configuration ${path} cannot be read: ${messageOf(error)}`]);
  }
  throw new SettingsError([`configuration ${path} is not a JSON object`]);
}
