/**
 * Conditions that a cluster is left in when brokers hang and die: a log that was truncated, a
 * partition without a leader, and commits that outlive their topic, for which the official tool
 * prints nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { Observation } from '#core/evidence/observation.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { consumerGroups, parseOffsetRows } from '#test/stand/tools.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { type DescribedGroup, rowOf, rowsOf } from '#test/support/groups/described.ts';
import { type Polling, pollingOf } from '#test/support/groups/polled.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { commit, createPlaced, type PlacedTopic, produce, withAdmin } from '#test/support/kafka/offsets.ts';
import { waitUntil } from '#test/support/wait-until.ts';

/**
 * Node ids. The second broker hangs, and so falls behind; the first one dies; the third one lives.
 */
const [DYING, BEHIND, LIVING] = [1, 2, 3];
const RECORDS = 4;
/** What the broker that is behind never gets. */
const MORE = 6;
const UNCLEAN = { 'unclean.leader.election.enable': 'true', 'min.insync.replicas': '1' };
const TOPICS: readonly PlacedTopic[] = [
  { topic: 'truncated', brokers: [[DYING, BEHIND]], configs: UNCLEAN },
  { topic: 'dark', brokers: [[DYING], [LIVING]] },
  { topic: 'gone', brokers: [[LIVING]] },
  { topic: 'again', brokers: [[LIVING]] },
];

const kafka = useKafka({ brokers: 3 });
let reader: OffsetsReader;
let polling: Polling;
/**
 * Groups by the broker that coordinates them: commits are cleared of deleted topics by a
 * coordinator that sees it happen.
 */
let [orphan, other] = ['', ''];
const commits = () => ({
  [orphan]: { gone: [3], again: [3], dark: [1, 1] },
  [other]: { truncated: [RECORDS + 1], dark: [1, 2] },
});

beforeAll(async () => {
  const { bootstrap, pids } = kafka();
  const [dying = 0, behind = 0] = pids;
  reader = createBatchReader({ bootstrapBrokers: bootstrap, auth: 'plaintext', timeoutMs: 10_000, clock: systemClock });
  polling = pollingOf(reader);
  await createPlaced(bootstrap, TOPICS);
  for (const { topic, brokers } of TOPICS) await produce(bootstrap, { topic, counts: brokers.map(() => RECORDS) });
  orphan = await groupOf(DYING);
  other = await groupOf(LIVING);

  process.kill(behind, 'SIGSTOP');
  const living = lastBroker();
  await waitUntil(
    'the topic goes on without the broker that hangs',
    async () => (await inSync()) === `${DYING}`,
    40_000,
  );
  await produce(living, { topic: 'truncated', counts: [MORE] });
  await commit(living, commits());
  await polling.poll();

  process.kill(dying, 'SIGKILL');
  process.kill(behind, 'SIGCONT');
  await deleteAndMakeAgain(living);
  // Polls go on: one that cannot read these logs must not hide what became of them.
  await polling.poll();
  await waitUntil('others have taken over from the dead broker', async () => isSettled(await reader.read()), 60_000);
}, 180_000);

afterAll(async () => {
  const behind = kafka().pids[BEHIND - 1];
  if (behind !== undefined) process.kill(behind, 'SIGCONT');
  await reader?.close();
});

test('a log that ends before its earlier end is reported as truncated, with the commit beyond its end', async () => {
  const { partitions, conditions } = await polling.observe(other);

  expect(conditions).toEqual([
    { id: 'no-leader', topic: 'dark', partitions: [0] },
    { id: 'log-truncated', topic: 'truncated', partitions: [0] },
    { id: 'commit-beyond-end', topic: 'truncated', partitions: [0] },
  ]);
  expect(lagsOf(partitions)).toEqual({
    'dark/0': because('has no leader'),
    'dark/1': known(RECORDS - 2),
    'truncated/0': because(`beyond the log end offset ${RECORDS}`),
  });
});

test('commits that outlive their topic, and a partition without a leader, cost their own lag', async () => {
  const { partitions, conditions, sumLag, coverage } = await polling.observe(orphan);

  expect(conditions).toEqual([
    { id: 'recreated-topic', topic: 'again' },
    { id: 'commit-beyond-end', topic: 'again', partitions: [0] },
    { id: 'no-leader', topic: 'dark', partitions: [0] },
    { id: 'deleted-topic', topic: 'gone' },
  ]);
  expect(lagsOf(partitions)).toEqual({
    'again/0': because('beyond the log end offset 0'),
    'dark/0': because('has no leader'),
    'dark/1': known(RECORDS - 1),
    'gone/0': because('does not exist'),
  });
  expect({ sumLag, coverage }).toEqual({ sumLag: RECORDS - 1, coverage: 1 / 4 });
});

test('a poll publishes what is known of them, and nothing that would look whole', async () => {
  const polled = await pollingOf(reader).poll();

  expect(polled.valuesOf('PartitionLag', orphan)).toEqual([RECORDS - 1]);
  for (const name of ['LagRatio', 'TimeLagSeconds'] as const) expect(polled.valuesOf(name, orphan)).toEqual([]);
});

test('the official tool fails whole on the commit of a deleted topic, where lag describe has all commits', async () => {
  const run = (args: readonly string[]) =>
    consumerGroups({ bootstrap: lastBroker() }, ['--describe', '--offsets', ...args]);
  for (const output of await Promise.all([run(['--group', orphan]), run(['--all-groups'])])) {
    expect(output).toContain('UnknownTopicOrPartitionException');
    expect(parseOffsetRows(output)).toEqual([]);
  }

  const { code, rows } = await describe();
  expect(code).toBe(3);
  const committed = Object.entries(commits()).flatMap(([group, topics]) =>
    Object.entries(topics).flatMap(([topic, offsets]) => offsets.map((offset, p) => [group, topic, p, String(offset)])),
  );
  expect(rows.map((row) => row.slice(0, 4)).sort()).toEqual(committed.sort());
});

test('commits and ends are those of the official tool where it has them, and no lag is negative', async () => {
  const output = await consumerGroups({ bootstrap: lastBroker() }, ['--describe', '--offsets', '--group', other]);
  const theirs = parseOffsetRows(output)
    .map((row) => JSON.parse(rowOf(row)))
    .sort();
  const { rows } = await describe('--group', other);

  const unknown = { unknown: expect.any(String) };
  expect(theirs.map((row) => row[5])).toEqual([null, RECORDS - 2, -1]);
  expect(rows.map((row) => row[5])).toEqual([unknown, RECORDS - 2, unknown]);
  expect(rows.map((row) => row[4])).toEqual([unknown, ...theirs.slice(1).map((row) => row[4])]);
  expect(rows.map((row) => row.slice(0, 4))).toEqual(theirs.map((row) => row.slice(0, 4)));
});

const because = (text: string) => ({ kind: 'unknown', reason: expect.stringContaining(text) });

/** Rows of `lag describe --json`. */
async function describe(...args: string[]): Promise<{ code: number; rows: unknown[][] }> {
  const { code, stdout } = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap, ...args]);
  const groups: DescribedGroup[] = JSON.parse(stdout);
  return { code, rows: groups.flatMap(rowsOf).map((row) => JSON.parse(row)) };
}

const lastBroker = (): string => kafka().bootstrap.split(',')[LIVING - 1] ?? '';

const lagsOf = (partitions: Observation['partitions']) =>
  Object.fromEntries(partitions.map(({ topic, partition, lag }) => [`${topic}/${partition}`, lag]));

/** The name of a group that this broker coordinates. */
async function groupOf(nodeId: number): Promise<string> {
  const keys = Array.from({ length: 60 }, (_, index) => `group ${index}`);
  // Kafka's number for the coordinators of groups.
  const coordinators = await withAdmin(kafka().bootstrap, (admin) => admin.findCoordinator({ keyType: 0, keys }));
  const found = coordinators.find((coordinator) => coordinator.nodeId === nodeId);
  if (found === undefined) throw new Error(`broker ${nodeId} coordinates none of ${keys.length} groups`);
  return found.key;
}

/** The brokers that are in step with the log that is to be truncated. */
const inSync = (): Promise<string | undefined> =>
  withAdmin(lastBroker(), async (admin) => {
    const { topics } = await admin.metadata({ topics: ['truncated'], forceUpdate: true });
    return topics.get('truncated')?.partitions[0]?.isr.join();
  });

/**
 * Deletes both topics, and makes the one again, before the groups of the dead broker have a
 * coordinator.
 */
const deleteAndMakeAgain = (bootstrap: string): Promise<void> =>
  withAdmin(bootstrap, async (admin) => {
    await admin.deleteTopics({ topics: ['gone', 'again'] });
    await createPlaced(
      bootstrap,
      TOPICS.filter(({ topic }) => topic === 'again'),
    );
  });

/** Both groups are read; what no broker knows is reported as unknown. */
function isSettled({ groups, problems }: ClusterReading): boolean {
  const partitions = groups.flatMap((group) => group.partitions);
  const isTold = (topic: string) => partitions.find((p) => p.topic === topic)?.logEndOffset.kind === 'known';
  const faults = new Set(partitions.map(({ fault }) => fault));
  const isLost = faults.has('no-leader') && faults.has('no-topic');
  return problems.length === 0 && groups.length === 2 && isLost && isTold('truncated') && isTold('again');
}
