/** Stand-in for CloudWatch metrics: takes them from the publisher port or as EMF documents. */

import { dimensionValue, type Metric, NAMESPACE } from '#core/metrics/catalogue.ts';
import { checkMetrics } from '#core/metrics/checks.ts';
import type { Clock, MetricsPublisher } from '#core/ports.ts';
import { checkDatum, type MetricDatum, type MetricSeries, parseEmf } from './emf.ts';

const HOUR_MS = 3_600_000;
/** CloudWatch accepts data of the last two weeks and the next two hours. */
const OLDEST_MS = 14 * 24 * HOUR_MS;
const NEWEST_MS = 2 * HOUR_MS;
/** Longest range of an alarm with periods under an hour. Older data is dropped. */
const KEPT_MS = 25 * HOUR_MS;

interface Point {
  readonly atMs: number;
  readonly values: readonly number[];
}

interface StoredSeries {
  readonly series: MetricSeries;
  /** In order of time. */
  points: Point[];
}

/** Series with this name and namespace, and exactly these dimension names. */
export interface SeriesFilter {
  readonly namespace: string;
  readonly name: string;
  readonly dimensionNames: readonly string[];
}

/**
 * Consecutive equal periods. Period `i` is `[i × periodMs, (i + 1) × periodMs)` in epoch
 * milliseconds.
 */
export interface PeriodRange {
  readonly periodMs: number;
  readonly first: number;
  readonly count: number;
}

/** Metrics in memory. Refuses what CloudWatch does not accept. */
export class MemoryCloudWatch implements MetricsPublisher {
  private readonly clock: Clock;
  private readonly stored = new Map<string, StoredSeries>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async publish(metrics: readonly Metric[], atMs: number): Promise<void> {
    checkMetrics(metrics);
    this.put(metrics.map((metric) => toDatum(metric, atMs)));
  }

  /**
   * Stores one EMF document, all or nothing. Returns the number of data.
   *
   * @throws Error when it is invalid
   */
  ingestEmf(line: string): number {
    const data = parseEmf(line);
    this.put(data);
    return data.length;
  }

  /**
   * Stores data, all or none.
   *
   * @throws Error that names the datum that CloudWatch would not accept
   */
  put(data: readonly MetricDatum[]): void {
    const now = this.clock.nowMs();
    for (const datum of data) {
      checkDatum(datum);
      if (datum.atMs < now - OLDEST_MS || datum.atMs > now + NEWEST_MS) {
        throw new Error(
          `metric data refused: ${datum.name} is of ${new Date(datum.atMs).toISOString()}; CloudWatch accepts the last two weeks and the next two hours`,
        );
      }
    }
    for (const datum of data) this.store(datum, now);
  }

  /** Every series that matches the filter, oldest first. Each has at least one datum. */
  find(filter: SeriesFilter): MetricSeries[] {
    const wanted = filter.dimensionNames.toSorted().join('\n');
    return [...this.stored.values()]
      .map((entry) => entry.series)
      .filter(
        (series) =>
          series.namespace === filter.namespace &&
          series.name === filter.name &&
          Object.keys(series.dimensions).toSorted().join('\n') === wanted,
      );
  }

  /** All observations of a series in each period of the range, oldest period first. */
  observations(series: MetricSeries, range: PeriodRange): number[][] {
    const periods: number[][] = Array.from({ length: range.count }, () => []);
    const points = this.stored.get(keyOf(series))?.points ?? [];
    // Searched from the end: alarms read the newest of a day's points.
    const before = points.findLastIndex(({ atMs }) => Math.floor(atMs / range.periodMs) < range.first);
    for (let i = before + 1; i < points.length; i++) {
      const { atMs, values } = points[i] as Point;
      const period = periods[Math.floor(atMs / range.periodMs) - range.first];
      for (const value of values) period?.push(value);
    }
    return periods;
  }

  private store(datum: MetricDatum, now: number): void {
    const { atMs, values, ...series } = datum;
    const key = keyOf(series);
    const entry = this.stored.get(key) ?? { series, points: [] };
    this.stored.set(key, entry);
    const isLate = atMs < (entry.points.at(-1)?.atMs ?? atMs);
    entry.points.push({ atMs, values });
    if (isLate) entry.points.sort((a, b) => a.atMs - b.atMs);
    const oldest = entry.points[0];
    if (oldest !== undefined && oldest.atMs < now - KEPT_MS) {
      entry.points = entry.points.filter((point) => point.atMs >= now - KEPT_MS);
    }
  }
}

function toDatum(metric: Metric, atMs: number): MetricDatum {
  const dimensions = Object.fromEntries(
    Object.entries(metric.dimensions).map(([name, value]) => [name, dimensionValue(value)]),
  );
  return { namespace: NAMESPACE, name: metric.name, dimensions, atMs, values: metric.values };
}

const keyOf = (series: MetricSeries): string =>
  JSON.stringify([
    series.namespace,
    series.name,
    Object.entries(series.dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
