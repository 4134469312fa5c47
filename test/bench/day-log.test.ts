import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedLog, TICK_MS } from '#bench/day/traffic/log.ts';
import { firstStampedFrom, type LogRecord } from '#test/support/groups/simulated-log.ts';

const FROM_MS = Date.UTC(2026, 0, 5);
const counts = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 30 });

function logOf(records: readonly number[], retention?: { ms: number; segmentMs: number }): SimulatedLog {
  const log = new SimulatedLog(FROM_MS, retention);
  for (const count of records) log.append(count);
  return log;
}

/** Every record, one by one. */
const recordsOf = (log: SimulatedLog, total: number): LogRecord[] =>
  Array.from({ length: total }, (_, offset) => ({ offset, timestampMs: log.stampOf(offset) }));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('SimulatedLog', () => {
  it('stamps records in order, each within its tick', () => {
    fc.assert(
      fc.property(counts, (perTick) => {
        const records = recordsOf(logOf(perTick), sum(perTick));
        const found = perTick.map((_, tick) => {
          const [from, to] = [FROM_MS + tick * TICK_MS, FROM_MS + (tick + 1) * TICK_MS];
          return records.filter(({ timestampMs }) => timestampMs >= from && timestampMs < to).length;
        });

        expect(found).toEqual(perTick);
        expect(records).toEqual(records.toSorted((a, b) => a.timestampMs - b.timestampMs));
      }),
    );
  });

  it('answers a lookup by time as a search through its records does', () => {
    fc.assert(
      fc.property(counts, fc.nat({ max: 31 * TICK_MS }), (perTick, ms) => {
        const log = logOf(perTick);
        const nowMs = FROM_MS + perTick.length * TICK_MS;

        expect(log.firstFrom(FROM_MS + ms, nowMs)).toEqual(
          firstStampedFrom(recordsOf(log, sum(perTick)), FROM_MS + ms),
        );
      }),
    );
  });

  it('counts the records before a moment within a tick', () => {
    const log = logOf([4, 4]);

    expect([0, 1_000, 4_999, 5_000, 6_000, 10_000].map((ms) => log.before(FROM_MS + ms))).toEqual([0, 1, 4, 4, 5, 8]);
  });

  it('deletes a whole segment when all its records are older than the retention', () => {
    const minute = 60_000;
    const log = logOf(Array(60 * 12).fill(1), { ms: 20 * minute, segmentMs: 10 * minute });
    const startAt = (minutes: number) => log.startAt(FROM_MS + minutes * minute);

    expect([startAt(29), startAt(30), startAt(34), startAt(39), startAt(40)]).toEqual([0, 120, 120, 120, 240]);
  });
});
