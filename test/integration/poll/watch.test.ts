/** `lag watch` and `lag history` on a real broker, as people run them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterSeries } from '#core/cost/series-plan.ts';
import { encodeHistory } from '#core/history/stored/codec.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { historyOf } from '#test/support/groups/history.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { commit, createPlaced, produce } from '#test/support/kafka/offsets.ts';

const kafka = useKafka();
const folder = mkdtempSync(join(tmpdir(), 'lag-watch-kafka-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'history.json.gz');

beforeAll(async () => {
  const { bootstrap } = kafka();
  await createPlaced(bootstrap, [
    { topic: 'orders', brokers: [[1], [1]] },
    { topic: 'settled', brokers: [[1]] },
  ]);
  await produce(bootstrap, { topic: 'orders', counts: [30, 30] });
  await produce(bootstrap, { topic: 'settled', counts: [5] });
  await commit(bootstrap, { billing: { orders: [20, null] }, done: { settled: [5] } });
}, 60_000);

const lag = (...args: readonly string[]) => runLag([...args, '--bootstrap', kafka().bootstrap]);

const documentsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('lag watch --count 2 --json has the lag at once, and rates from the second poll on', async () => {
  const { code, stdout, stderr } = await lag('watch', '--count', '2', '--interval', '1', '--json');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [first, second] = documentsOf(stdout);
  expect(first).toMatchObject({ coverage: 1, problems: [] });
  expect(first.groups).toMatchObject([
    {
      group: 'billing',
      kind: 'simple',
      status: { kind: 'unknown', rule: 'too-little-history' },
      lag: 10,
      worst: { topic: 'orders', partition: 0, lag: 10 },
      ageMs: expect.any(Number),
      rates: { unknown: expect.stringMatching(/fewer than two polls/) },
      members: 0,
      polls: 1,
    },
    { group: 'done', status: { kind: 'ok', rule: 'caught-up' }, lag: 0, rates: { unknown: expect.anything() } },
  ]);
  expect(second.groups).toMatchObject([
    { group: 'billing', rates: { produceRate: 0, consumeRate: 0, samples: 2 }, timeToDrain: null, polls: 2 },
    { group: 'done', rates: { samples: 2 }, polls: 2 },
  ]);
});

test('lag watch --history goes on where the run before ended', async () => {
  const watchOnce = () => lag('watch', '--count', '1', '--json', '--history', file, '--group', 'billing');
  await watchOnce();
  await produce(kafka().bootstrap, { topic: 'orders', counts: [60, 0] });
  await commit(kafka().bootstrap, { billing: { orders: [50] } });

  const { code, stdout } = await watchOnce();

  expect(code).toBe(0);
  const [{ groups }] = documentsOf(stdout);
  expect(groups).toMatchObject([{ group: 'billing', lag: 40, polls: 2 }]);
  const { produceRate, consumeRate } = groups[0].rates;
  expect(produceRate).toBeGreaterThan(0);
  expect(consumeRate / produceRate).toBeCloseTo(0.5, 9);
});

test('lag history draws what lag watch --history kept', async () => {
  const args = ['history', '--history', file, '--group', 'billing'];
  const [drawn, listed] = [await runLag(args), await runLag([...args, '--json'])];

  expect([drawn.code, listed.code]).toEqual([0, 0]);
  expect(drawn.stdout).toMatch(/^lag of billing, records: 2 polls over /);
  expect(drawn.stdout).toMatch(/ 40 ┤/);
  const { series, breaks, asOf, lag: newest } = JSON.parse(listed.stdout);
  expect(series).toMatchObject([{ lag: 10 }, { lag: 40 }]);
  expect({ breaks, newest }).toEqual({ breaks: [], newest: 40 });
  expect(series[1].consumeRate / series[1].produceRate).toBeCloseTo(0.5, 9);
  expect(asOf).toBe(series[1].at);
});

test('lag history marks a rewind, and has no rate across it', async () => {
  await commit(kafka().bootstrap, { billing: { orders: [5] } });
  await lag('watch', '--count', '1', '--json', '--history', file, '--group', 'billing');

  const { stdout } = await runLag(['history', '--history', file, '--group', 'billing', '--json']);

  const { series, breaks } = JSON.parse(stdout);
  expect(breaks).toEqual([{ at: series[2].at, id: 'rewound', topic: 'orders', partitions: [0] }]);
  expect(series[2]).toMatchObject({ lag: 85, consumeRate: { unknown: expect.stringMatching(/moved back/) } });
});

test('lag describe uses a history that is named, and leaves it as it was', async () => {
  const before = readFileSync(file);
  const args = ['describe', '--history', file, '--group', 'billing'];
  const [table, json, plain] = [await lag(...args), await lag(...args, '--json'), await lag('describe', '--json')];

  expect(table.stdout).toMatch(/^billing +orders +0 +5 +90 +85 /m);
  expect(table.stdout).toMatch(/^billing +error +rewound +\d+ s +85 /m);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { group: 'billing', summary: { status: { rule: 'rewound' }, lag: 85 } },
  ]);
  expect(JSON.parse(plain.stdout)[0]).not.toHaveProperty('summary');
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a history of another cluster is refused, and left as it was', async () => {
  const other = join(folder, 'other.history');
  const stored = gzipSync(encodeHistory({ ...historyOf([{ atMs: 1, groups: [] }]), clusterId: 'another' }));
  writeFileSync(other, stored);

  const runs = [
    await lag('watch', '--count', '1', '--history', other),
    await lag('describe', '--history', other),
    await lag('watch', '--count', '1', '--json', '--history', file),
  ];

  expect(runs.map(({ code }) => code)).toEqual([1, 1, 0]);
  for (const { stdout, stderr } of runs.slice(0, 2)) {
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^lag: --history ".*other\.history": .* id "another"; .* "L[^"]+"; name another file/);
  }
  expect(readFileSync(other).equals(stored)).toBe(true);
});

test('filters that match nothing are reported with exit code 3 and a suggestion', async () => {
  const filter = ['--groups', 'biling'];
  const [described, watched, polled, named] = [
    await lag('describe', ...filter),
    await lag('watch', '--count', '1', '--json', ...filter),
    await lag('poll', ...filter),
    await lag('describe', '--group', 'biling'),
  ];

  const problem = 'no group matches --groups "biling"';
  expect([described, watched, polled, named].map(({ code }) => code)).toEqual([3, 3, 3, 3]);
  expect(described.stderr).toBe(`lag: ${problem}; did you mean "billing"?\n`);
  expect(documentsOf(watched.stdout)).toMatchObject([
    { problems: [{ id: 'nothing-read', text: problem }], groups: [] },
  ]);
  expect(polled.stderr).toBe(described.stderr);
  expect(named.stderr).toMatch(/^lag: group "biling" could not be read: .*; did you mean "billing"\?\n$/);
});

test('lag poll publishes as tier and budget say, as the settings of a watcher do', async () => {
  const groupsIn = ({ stdout }: { stdout: string }) =>
    documentsOf(stdout).filter(({ ConsumerGroup: group }) => group !== undefined);
  const minimal = await lag('poll', '--tier', 'minimal');
  const budgeted = await lag('poll', '--budget', `${clusterSeries({ series: 1 }) + 1}`);

  expect([minimal.code, budgeted.code]).toEqual([0, 0]);
  expect(groupsIn(minimal).map((document) => document.PartitionLag)).toEqual([undefined, undefined]);
  expect(groupsIn(budgeted)).toMatchObject([{ ConsumerGroup: 'billing', LagRatio: expect.any(Number) }]);
  expect(budgeted.stderr).toMatch(/seriesBudget leaves 1 groups without LagRatio, .*: "done"/);
});

test('lag watch prints a table where there is no terminal, and exit code 3 for a group that is not there', async () => {
  const { code, stdout } = await lag('watch', '--count', '1', '--group', 'done', 'nobody');

  expect(code).toBe(3);
  expect(stdout).toMatch(/coverage unknown {2}2 groups: 1 unknown, 1 ok\n! group "nobody" /);
  expect(stdout).toMatch(/^nobody +unknown +unreadable +0 s +\? +\? /m);
  expect(stdout).toMatch(/^done +ok +caught-up +0 s +0 +0 s +\? +\? +- +- +0$/m);
});
