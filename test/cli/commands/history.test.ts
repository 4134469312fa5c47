import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { historyKey } from '#adapters/s3/history-store.ts';
import { equipHistory } from '#cli/commands/history.ts';
import { appendReading, emptyHistory } from '#core/history/history.ts';
import { encodeHistory } from '#core/history/stored/codec.ts';
import { type S3Double, startS3Double } from '#test/support/aws/s3-double.ts';
import { runCommand } from '#test/support/cli/run-command.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const folder = mkdtempSync(join(tmpdir(), 'lag-history-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const T0 = Date.UTC(2026, 0, 5, 3);
const readingAt = (minute: number) =>
  clusterReadingOf(T0 + minute * 60_000, [groupReadingOf({ offsets: [[60 * minute, 120 * minute]] })]);
const stored = gzipSync(
  encodeHistory([0, 1, 2].reduce((history, minute) => appendReading(history, readingAt(minute), 60), emptyHistory)),
);
const file = join(folder, 'orders.history');
writeFileSync(file, stored);
const empty = join(folder, 'empty.history');
writeFileSync(empty, gzipSync(encodeHistory(emptyHistory)));

const SERIES = [
  { at: '2026-01-05T03:00:00.000Z', lag: 0 },
  { at: '2026-01-05T03:01:00.000Z', lag: 60, produceRate: 2, consumeRate: 1 },
  { at: '2026-01-05T03:02:00.000Z', lag: 120, produceRate: 2, consumeRate: 1 },
];

test('lag history draws a stored history without a broker', async () => {
  const { code, stdout, stderr } = await runLag(['history', '--history', file, '-g', 'billing']);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^lag of billing, records: 3 polls over 2 min\n\n +120 ┤/);
  expect(stdout).toMatch(/\nbilling +unknown +too-little-history +2 min +120 /);
});

test('lag history --json contains the series of the chosen partition', async () => {
  const args = ['--topic', 'orders', '--partition', '0', '--json'];
  const { code, stdout } = await runLag(['history', '--history', file, '-g', 'billing', ...args]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ group: 'billing', lag: 120, members: 1, series: SERIES, breaks: [] });
});

describe('with a bucket', () => {
  let s3: S3Double;
  beforeAll(async () => {
    s3 = await startS3Double();
    s3.objects.set(historyKey('prod'), stored);
  });
  afterAll(() => s3?.stop());

  const withBucket = async (...args: readonly string[]) => {
    const { hostname, port } = await (s3.client.config.endpoint as () => Promise<{ hostname: string; port: number }>)();
    return runLag([...args, '--bucket', s3.bucket], {
      AWS_ENDPOINT_URL_S3: `http://${hostname}:${port}`,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
    });
  };

  it('lag history reads the history of a deployed watcher', async () => {
    const { code, stdout, stderr } = await withBucket('history', '--cluster-name', 'prod', '-g', 'billing', '--json');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ series: SERIES });
  });

  it('lag history names the object that holds no polls', async () => {
    const { code, stderr } = await withBucket('history', '--cluster-name', 'staging', '-g', 'billing');

    expect(code).toBe(1);
    expect(stderr).toMatch(/object history\/staging\.json\.gz, holds no polls: check the names/);
  });

  it('lag history reports that a bucket cannot be read', async () => {
    s3.failNext(403, 'AccessDenied');

    const { code, stderr } = await withBucket('history', '--cluster-name', 'prod', '-g', 'billing');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^lag: --bucket "test-bucket", object history\/prod\.json\.gz, cannot be read: .*\n$/);
  });

  it('lag watch reads the history and never writes it', async () => {
    s3.log.length = 0;

    const { code } = await withBucket('watch', '-b', '127.0.0.1:1', '--count', '1', '--cluster-name', 'prod');

    expect(code).toBe(2);
    expect(s3.log).toEqual(['GET 200']);
  });
});

test.each([
  [['-g', 'biling', '--history', file], /--group "biling" is not among the 1 in the history; did you mean "billing"\?/],
  [['-g', 'x', '--history', file], /--group "x" is not among the 1 in the history; there is "billing"$/],
  [['-g', 'billing', '--history', file, '--topic', 'order'], /--topic "order" is not among the 1 .*"orders"/],
  [['-g', 'billing', '--history', file, '--topic', 'orders', '--partition', '7'], /no partition of .*orders \/ 7/],
  [['-g', 'billing', '--partition', '7'], /--topic is missing.*\n--history or --bucket is missing/],
  [['-g', 'billing', '--history', file, '--topic', 'orders', '--partition', '-1'], /whole number from 0/],
  [['-g', 'billing', '--history', empty], /holds no polls/],
  [['-g', 'billing', '--history', join(folder, 'none')], /holds no polls/],
  [['-g', 'billing', '--bucket', 'b'], /--cluster-name is missing/],
  [['--history', file], /required option '-g, --group <name>' not specified/],
])('lag history refuses %j', async (args, message) => {
  await expect(runCommand(equipHistory, args)).rejects.toThrow(message);
});
