import { expect, it } from 'vitest';
import { compacted } from '#core/history/columns/compaction.ts';
import { pollColumnsOf } from '#core/history/columns/poll-columns.ts';
import { appendReading, emptyHistory, type LagHistory } from '#core/history/history.ts';
import { decodeHistory, encodeHistory } from '#core/history/stored/codec.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';
import { pollSamplesOf } from '#test/support/groups/history.ts';
import { clusterReadingOf, groupReadingOf, type Offsets } from '#test/support/groups/readings.ts';

const PARTITIONS = 100;
const KEEP = 5;
const MINUTE_MS = 60_000;

/** A group that reads one topic. No number holds the end of its first partition. */
function groupOf(groupId: string, topic: string, minute: number): GroupReading {
  const offsets = Array.from({ length: PARTITIONS }, (_, p): Offsets => [minute, minute + p, p]);
  const group = groupReadingOf({ groupId, offsets });
  const large = { logEndOffset: known(2n ** 60n + BigInt(minute)) };
  const partitions = group.partitions.map((p, i) => ({ ...p, topic, ...(i === 0 ? large : {}) }));
  return { ...group, partitions };
}

/** One group keeps its topic. Another group reads a new topic each minute. */
const readingAt = (minute: number) =>
  clusterReadingOf(minute * MINUTE_MS, [
    groupOf('stays', 'orders', minute),
    groupOf('moves', `orders-of-minute-${minute}`, minute),
  ]);

function historiesOf(polls: number): LagHistory[] {
  const histories: LagHistory[] = [];
  for (let minute = 0; minute < polls; minute++) {
    histories.push(appendReading(histories.at(-1) ?? emptyHistory, readingAt(minute), KEEP));
  }
  return histories;
}

const tableOf = ({ samples }: LagHistory) => samples.at(-1)?.table;

it('a history keeps the logs of its polls and at most 1,000 more while topics come and go', () => {
  const most = (KEEP + 1) * PARTITIONS + 1_000;
  const tables = new Set<unknown>();
  let history = emptyHistory;
  for (let minute = 0; minute < 100; minute++) {
    history = appendReading(history, readingAt(minute), KEEP);
    const { samples } = history;
    for (const { table, ends, starts } of samples) {
      expect(table).toBe(samples[0]?.table);
      expect(Math.max(table.size, ends.length, starts.length)).toBeLessThanOrEqual(most);
    }
    tables.add(tableOf(history));
  }

  expect(tables.size).toBeGreaterThan(5);
  expect(tables.size).toBeLessThan(15);
});

it('a history has the same polls as with a new table each time, and older histories do not change', () => {
  for (const [i, history] of historiesOf(30).entries()) {
    const fresh = [];
    for (let minute = Math.max(0, i - KEEP + 1); minute <= i; minute++) {
      fresh.push(...pollSamplesOf(appendReading(emptyHistory, readingAt(minute), KEEP)));
    }
    expect(pollSamplesOf(history)).toEqual(fresh);
  }
});

it('polls on a new table share what they shared before, and the codec restores them', () => {
  const histories = historiesOf(30);
  const rebuilt = histories.filter(
    (history, i) => i > 0 && tableOf(history) !== tableOf(histories[i - 1] as LagHistory),
  );

  expect(rebuilt.length).toBeGreaterThan(0);
  for (const history of rebuilt) {
    const [first, ...later] = history.samples.map(({ groups }) => groups[0]);
    expect(later.length).toBe(KEEP - 1);
    for (const group of later) expect(group).toBe(first);
    const decoded = decodeHistory(encodeHistory(history));
    expect(decoded.kind === 'history' && pollSamplesOf(decoded.history)).toEqual(pollSamplesOf(history));
  }
});

it('compacted returns the same polls when enough of their logs are in use', () => {
  const pollOf = (partitions: number, before?: ReturnType<typeof pollColumnsOf>) => {
    const rows = Array.from({ length: partitions }, (_, partition) => ({ topic: 'orders', partition }));
    return pollColumnsOf({ atMs: 0, groups: [{ groupId: 'billing', partitions: rows }], partitions }, before);
  };
  const all = pollOf(4_000);
  const [half, few] = [pollOf(2_000, all), pollOf(1_999, all)];

  expect(compacted([])).toEqual([]);
  expect(compacted([half])[0]).toBe(half);
  expect(compacted([all, few])[1]).toBe(few);
  expect(compacted([few])[0]?.table.size).toBe(1_999);
  expect(compacted([pollOf(1, pollOf(1_001))])[0]?.table.size).toBe(1_001);
  expect(compacted([pollOf(1, pollOf(1_002))])[0]?.table.size).toBe(1);
});
