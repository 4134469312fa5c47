import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chosenSettings, parseSettings } from '#core/settings.ts';
import { ROOT } from '#test/support/root.ts';

const source = readFileSync(join(ROOT, 'lib/lag-watcher-props.ts'), 'utf8');
const watching = source.slice(source.indexOf('interface WatchingProps'), source.indexOf('interface LagWatcherProps'));
/** Each prop with its documentation. */
const PROPS = [...watching.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\?:/g)].map(
  ([, documentation = '', name = '']) => ({ name, documentation }),
);

describe('the settings as props', () => {
  test('have the keys of the schema, each with its documentation', () => {
    const whatToDo =
      'a setting is a key of settingsSchema (src/core/settings.ts) and a documented prop of WatchingProps (lib/lag-watcher-props.ts); ' +
      'a key that people do not choose belongs into the omit of chosenSettings';

    expect(PROPS.map(({ name }) => name).toSorted(), whatToDo).toEqual(Object.keys(chosenSettings).toSorted());
  });

  test('document the defaults of the schema', () => {
    const settings: Record<string, unknown> = parseSettings({ clusterName: 'c', bootstrapBrokers: 'b:9098' });
    const documented = PROPS.flatMap(({ name, documentation }) => {
      const [, value] = /@default ([^-\s].*)/.exec(documentation) ?? [];
      return value === undefined ? [] : [[name, JSON.parse(value.replaceAll("'", '"'))] as const];
    });

    expect(documented.length).toBeGreaterThan(12);
    for (const [name, value] of documented) expect(settings[name], name).toEqual(value);
  });
});
