/**
 * Lag, lost and coverage over any offsets and any failures: failures only ever remove knowledge.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupView } from '#core/group/view.ts';
import type { GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { absent, known, knownValue, unknown } from '#core/kafka/reading.ts';
import { clusterCoverage, type GroupLag, ISOLATION_LEVELS, measureLag } from '#core/lag/lag.ts';
import { groupMetrics } from '#core/metrics/poll-metrics.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';
import { viewedGroup } from '#test/support/groups/viewed.ts';

const OFFSETS = ['committedOffset', 'logStartOffset', 'logEndOffset', 'lastStableOffset'] as const;
const FAILED = unknown('failed');
const THRESHOLD = 500;
/**
 * A failure on a partition without a commit and with known members is rare, so it needs many runs.
 */
const RUNS = { numRuns: 1_000 };

const failedArbitrary: fc.Arbitrary<readonly (typeof OFFSETS)[number][]> = fc.oneof(
  fc.constant([]),
  fc.subarray([...OFFSETS]),
);

const partitionArbitrary = fc
  .record({
    /** In thousandths of the way to the log's end; beyond it when above 1,000. */
    read: fc.option(fc.nat(1_050), { freq: 2 }),
    start: fc.nat(1_000),
    length: fc.nat(1_000),
    open: fc.nat(300),
    failed: failedArbitrary,
  })
  .map(({ read, start, length, open, failed }) => {
    const end = start + length;
    const committed = read === null ? null : Math.round((end * read) / 1_000);
    return { committed, start, end, stable: Math.max(start, end - open), failed };
  });
type Partition = typeof partitionArbitrary extends fc.Arbitrary<infer T> ? T : never;

const groupArbitrary = fc.record({
  partitions: fc.array(partitionArbitrary, { maxLength: 6 }),
  membersFailed: fc.boolean(),
  isolation: fc.constantFrom(...ISOLATION_LEVELS),
});
type Group = typeof groupArbitrary extends fc.Arbitrary<infer T> ? T : never;

const healthyPartition = ({ committed, start, end, stable }: Partition, partition: number): PartitionReading => ({
  topic: 'orders',
  partition,
  committedOffset: committed === null ? absent : known(BigInt(committed)),
  logStartOffset: known(BigInt(start)),
  logEndOffset: known(BigInt(end)),
  lastStableOffset: known(BigInt(stable)),
  age: unknown('was not asked'),
});
const failedPartition = (spec: Partition, partition: number): PartitionReading => ({
  ...healthyPartition(spec, partition),
  ...Object.fromEntries(spec.failed.map((field) => [field, FAILED])),
});

const healthyGroup = ({ partitions }: Group): GroupReading => ({
  ...groupReadingOf(),
  partitions: partitions.map(healthyPartition),
});
const failedGroup = (group: Group): GroupReading => ({
  ...healthyGroup(group),
  partitions: group.partitions.map(failedPartition),
  ...(group.membersFailed ? { members: FAILED } : {}),
});
const polled = (reading: GroupReading, { isolation }: Group): GroupView =>
  viewedGroup(reading, { isolation, thresholds: { lag: THRESHOLD } });
const metricsOf = (group: GroupView) => groupMetrics({ clusterName: 'prod', alarmShards: 1 }, group);
const measure = (reading: GroupReading, { isolation }: Group): GroupLag => measureLag(reading, { isolation });

/** Offsets that the lag of a group depends on. */
const needed = ({ isolation }: Group) =>
  OFFSETS.filter((field) => field !== (isolation === 'read_committed' ? 'logEndOffset' : 'lastStableOffset'));
const isIntact = (group: Group, { failed }: Partition): boolean =>
  !needed(group).some((field) => failed.includes(field));

describe('measureLag', () => {
  test('a failure makes a lag unknown, and never another number', () => {
    fc.assert(
      fc.property(groupArbitrary, (group) => {
        const [before, after] = [measure(healthyGroup(group), group), measure(failedGroup(group), group)];
        after.partitions.forEach(({ lag, lost, stableLag }, i) => {
          const whole = before.partitions[i];
          for (const [now, then] of [
            [lag, whole?.lag],
            [lost, whole?.lost],
            [stableLag, whole?.stableLag],
          ] as const) {
            if (now.kind !== 'unknown') expect(now).toEqual(then);
            if (now.kind === 'known') expect(now.value).toBeGreaterThanOrEqual(0);
          }
          const spec = group.partitions[i];
          if (spec?.failed.includes('committedOffset')) expect([lag.kind, lost.kind]).toEqual(['unknown', 'unknown']);
          if (spec?.committed !== null && spec && !isIntact(group, spec)) {
            expect([lag.kind, lost.kind]).toEqual(['unknown', 'unknown']);
          }
        });
      }),
    );
  });

  test('a failure makes no sum and no maximum larger', () => {
    fc.assert(
      fc.property(groupArbitrary, (group) => {
        const [before, after] = [measure(healthyGroup(group), group), measure(failedGroup(group), group)];
        for (const key of ['sumLag', 'maxLag'] as const) {
          const now = after[key];
          if (now !== undefined) expect(now).toBeLessThanOrEqual(before[key] ?? -1);
        }
        if (after.complete) expect(after.sumLag).toBe(before.sumLag);
        const isAnyKnown = after.partitions.some(({ lag }) => lag.kind === 'known');
        for (const key of ['sumLag', 'maxLag'] as const) expect(after[key] !== undefined).toBe(isAnyKnown);
      }),
    );
  });

  test('a failure makes no ratio larger, and one that is below 1 is published only when it is complete', () => {
    fc.assert(
      fc.property(groupArbitrary, (group) => {
        const [before, after] = [polled(healthyGroup(group), group), polled(failedGroup(group), group)];
        const ratio = metricsOf(after).find((metric) => metric.name === 'LagRatio')?.values[0];
        const [ratioBefore, ratioAfter] = [knownValue(before.ratio), knownValue(after.ratio)];
        if (ratioAfter !== undefined) expect(ratioAfter.value).toBeLessThanOrEqual(ratioBefore?.value ?? -1);
        if (ratio !== undefined && !after.totals.complete) expect(ratio).toBeGreaterThanOrEqual(1);
        if (ratio === undefined && ratioAfter !== undefined) expect(ratioAfter.complete).toBe(false);
      }),
    );
  });

  test('what is published per partition are the known lags, and no number for any other', () => {
    fc.assert(
      fc.property(groupArbitrary, (group) => {
        const result = polled(failedGroup(group), group);
        const metrics = metricsOf(result);
        const values = result.partitions.flatMap((p) => (p.lag.kind === 'known' ? [p.lag.value] : []));
        for (const name of ['PartitionLag', 'TopicLag']) {
          const published = metrics.filter((metric) => metric.name === name).flatMap((metric) => metric.values);
          expect(published.toSorted((a, b) => a - b)).toEqual(values.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  test('a further failure raises no coverage', () => {
    fc.assert(
      fc.property(groupArbitrary, fc.nat(5), fc.constantFrom(...OFFSETS), (group, at, field) => {
        const members = { ...group, membersFailed: false };
        const partitions = group.partitions.map((p, i) => (i === at ? { ...p, failed: [...p.failed, field] } : p));
        const coverageOf = (spec: Group) => measure(failedGroup(spec), spec).coverage;
        expect(coverageOf({ ...members, partitions })).toBeLessThanOrEqual(coverageOf(members) ?? -1);
      }),
    );
  });

  test('coverage is 1 only when everything expected was read, and unknown when that is unknown', () => {
    fc.assert(
      fc.property(groupArbitrary, (group) => {
        const { coverage } = measure(failedGroup(group), group);
        const intact = group.partitions.filter((p) => isIntact(group, p)).length;
        const isRead = group.partitions.every((p) => p.committed === null || p.committed <= p.stable);
        if (group.membersFailed) expect(coverage).toBeUndefined();
        else if (group.partitions.length === 0) expect(coverage).toBe(1);
        else if (isRead) expect(coverage).toBe(intact / group.partitions.length);
        else {
          expect(coverage).toBeGreaterThanOrEqual(0);
          expect(coverage).toBeLessThanOrEqual(intact / group.partitions.length);
        }
      }),
      RUNS,
    );
  });

  test('lag and lost fall as the commit rises', () => {
    fc.assert(
      fc.property(partitionArbitrary, fc.nat(200), fc.constantFrom(...ISOLATION_LEVELS), (spec, step, isolation) => {
        const committed = spec.committed ?? 0;
        const at = (offset: number) => {
          const partitions = [healthyPartition({ ...spec, committed: offset }, 0)];
          return measureLag({ ...groupReadingOf(), partitions }, { isolation }).partitions[0];
        };
        const [now, later] = [at(committed), at(committed + step)];
        for (const key of ['lag', 'lost'] as const) {
          const [before, after] = [now?.[key], later?.[key]];
          if (before?.kind === 'known' && after?.kind === 'known') {
            expect(after.value).toBeLessThanOrEqual(before.value);
          }
        }
        expect([now?.lag.kind, now?.lost.kind]).toEqual(
          committed > spec.end ? ['unknown', 'unknown'] : ['known', 'known'],
        );
      }),
    );
  });

  test('a group that reads committed has no more lag than one that does not', () => {
    fc.assert(
      fc.property(groupArbitrary, (group) => {
        const [committed, all] = (['read_committed', 'read_uncommitted'] as const).map((isolation) =>
          measure(healthyGroup(group), { ...group, isolation }),
        );
        if (committed?.sumLag !== undefined) expect(committed.sumLag).toBeLessThanOrEqual(all?.sumLag ?? -1);
      }),
    );
  });
});

test('clusterCoverage is 1 only when that of every group is, and unknown when one is', () => {
  fc.assert(
    fc.property(fc.array(groupArbitrary, { maxLength: 4 }), (groups) => {
      const readings = groups.map(failedGroup);
      const lags = readings.map((reading, i) =>
        measureLag(reading, { isolation: groups[i]?.isolation ?? 'read_committed' }),
      );
      const coverage = clusterCoverage(clusterReadingOf(0, readings), lags);
      if (groups.some((group) => group.membersFailed)) expect(coverage).toBeUndefined();
      else {
        expect(coverage).toBeGreaterThanOrEqual(0);
        expect(coverage === 1).toBe(lags.every((lag) => lag.coverage === 1));
      }
    }),
  );
});
