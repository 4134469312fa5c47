/**
 * The architecture, held by data: `test/architecture/` has the tables. Data flows one way, and
 * nothing knows what is above it.
 */
import { describe, expect, it } from 'vitest';
import { folderBreaches, roomBreaches, upwardRows } from '#test/architecture/breaches.ts';
import { FOLDERS } from '#test/architecture/folders.ts';
import { findCircle, importsOf, SOURCES, TEST_SOURCES } from '#test/architecture/imports.ts';
import { ROOMS } from '#test/architecture/rooms.ts';

/** Time, chance and the environment are handed in: never taken. */
const IMPURE = /\b(process\.|Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|fetch\(|console\.)/;
const PURE = /^src\/(core|render|flows)\//;

/** Programs of their own, started as child processes. */
const ALLOWED_EXITS: readonly string[] = ['src/local/workload/consumer.ts', 'src/local/workload/process.ts'];

/** Rooms that list like things, one file each. */
const LISTS = new Set(['src/core/diagnosis/causes']);
const FULLEST_ROOM = 13;

describe('imports', () => {
  it('no file imports itself through others', () => {
    const circle = findCircle([...SOURCES, ...TEST_SOURCES]);
    expect(circle, `untie ${circle?.join(' → ')}: move what both need to a file below both`).toBeUndefined();
  });

  it.each(SOURCES)('$file imports only folders and packages that its folder may', (source) => {
    expect(folderBreaches(source)).toEqual([]);
  });

  it.each(SOURCES)('$file imports only rooms that its room may', (source) => {
    expect(roomBreaches(source)).toEqual([]);
  });

  it.each(Object.entries(ROOMS))('the rooms of %s import only rooms above them in the table', (_folder, rules) => {
    expect(upwardRows(rules)).toEqual([]);
  });

  it('every row of the tables is used', () => {
    const used = new Set(SOURCES.map(({ file }) => file));
    const unused = [
      ...Object.keys(FOLDERS),
      ...Object.entries(ROOMS).flatMap(([folder, rules]) => rules.map(({ room }) => `${folder}/${room}`)),
    ].filter((place) => ![...used].some((file) => file === place || file.startsWith(`${place}/`)));
    expect(unused, 'take the rows of folders that are gone out of test/architecture').toEqual([]);
  });

  it.each([...SOURCES, ...TEST_SOURCES])('$file climbs no two folders in an import', ({ text }) => {
    const climbing = [...text.matchAll(/from '(\.\.\/\.\.\/[^']+\.ts)'/g)].map(([, target]) => target);
    expect(climbing, 'name the file from a root: #core/…, #flows/… (imports in package.json)').toEqual([]);
  });
});

describe('would notice', () => {
  it('a circle', () => {
    const sources = [
      { file: 'src/core/a.ts', text: "import type { B } from './b.ts';" },
      { file: 'src/core/b.ts', text: "import { A } from '#core/a.ts';" },
    ];
    expect(findCircle(sources)).toEqual(['src/core/a.ts', 'src/core/b.ts', 'src/core/a.ts']);
  });

  it.each([
    ['src/core/lag/lag.ts', '#flows/poll.ts'],
    ['src/flows/poll.ts', '#adapters/system/clock.ts'],
    ['src/adapters/s3/history-store.ts', '../ecs/levers.ts'],
    ['src/adapters/kafkajs/session.ts', '#adapters/kafka/protocol/failures.ts'],
    ['lib/functions/poller.ts', '@aws-sdk/client-s3'],
    ['lib/functions/poller.ts', '#flows/poll.ts'],
  ])('a breach between folders: %s imports %s', (file, target) => {
    expect(folderBreaches({ file, text: `import { x } from '${target}';` })).toHaveLength(1);
  });

  it.each([
    ['src/core/kafka/model.ts', '#core/lag/lag.ts'],
    ['src/core/runbook/reconcile.ts', '#core/ports.ts'],
    ['src/adapters/kafka/protocol/decode.ts', '../session/leaders.ts'],
    ['src/cli/terminal/screen.ts', '#cli/views/watch-view.ts'],
  ])('a breach between rooms: %s imports %s', (file, target) => {
    expect(roomBreaches({ file, text: `import { x } from '${target}';` })).toHaveLength(1);
  });

  it('a row that imports upwards', () => {
    const low = { room: 'low', imports: ['high'], because: '' };
    expect(upwardRows([low, { room: 'high', imports: [], because: '' }])).toHaveLength(1);
  });

  it('a file in no room', () => {
    expect(roomBreaches({ file: 'src/core/new.ts', text: '' })).toHaveLength(1);
  });
});

describe('files', () => {
  it.each(SOURCES.filter(({ file }) => PURE.test(file)))('$file is pure', ({ text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(IMPURE.exec(code)?.[0]).toBeUndefined();
  });

  it.each([...SOURCES, ...TEST_SOURCES])('$file has at most 300 lines', ({ text }) => {
    expect(text.split('\n').length).toBeLessThanOrEqual(301);
  });

  it('no room is too full to be read at a glance', () => {
    const rooms = Map.groupBy(SOURCES, ({ file }) => file.slice(0, file.lastIndexOf('/')));
    const full = [...rooms].filter(([room, { length }]) => !LISTS.has(room) && length > FULLEST_ROOM);
    expect(full.map(([room, { length }]) => `${room}: ${length} files; divide it`)).toEqual([]);
  });

  it('only the entry of the command line ends the process', () => {
    const others = SOURCES.filter(({ file, text }) => file !== 'bin/lag.ts' && /process\.exit\(/.test(text));
    expect(others.map(({ file }) => file).sort()).toEqual(ALLOWED_EXITS);
  });

  it('the graph of imports is not empty', () => {
    expect(SOURCES.flatMap((source) => importsOf(source).files).length).toBeGreaterThan(SOURCES.length);
  });
});
