/**
 * Metrics in CloudWatch's Embedded Metric Format: log lines that CloudWatch turns into metrics. A
 * function in a VPC needs no route to CloudWatch to publish them.
 */

import { dimensionValue, METRICS, type Metric, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import { checkMetrics } from '#core/metrics/checks.ts';
import type { MetricsPublisher } from '#core/ports.ts';

export interface EmfOptions {
  /**
   * Receives one document, without line end.
   *
   * @default - stdout itself: Lambda's JSON log format would wrap console.log, and CloudWatch would
   * miss it
   */
  readonly write?: (line: string) => void;
}

/**
 * Most values of a metric in a document. The limit of 100 metrics does not matter: the catalogue
 * has fewer.
 */
const MAX_VALUES = 100;

/**
 * Publishes one document per set of dimensions, or several where the values exceed EMF's limit.
 * Writes nothing when `checkMetrics` refuses any of the metrics.
 *
 * The time stamp is `atMs`. CloudWatch assigns it to its minute, so a second publication in one
 * minute adds to the first: Sum and SampleCount double, Maximum and Average do not.
 *
 * @see docs/decisions/0011-history-by-columns.md — why not Powertools
 */
export function createEmfPublisher({ write = toStdout }: EmfOptions = {}): MetricsPublisher {
  return {
    async publish(metrics, atMs) {
      checkMetrics(metrics);
      for (const sameDimensions of Map.groupBy(metrics, dimensionsKey).values()) {
        for (const document of documentsOf(sameDimensions, Math.trunc(atMs))) write(JSON.stringify(document));
      }
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function* documentsOf(metrics: readonly Metric[], Timestamp: number) {
  const dimensions = dimensionsOf(metrics);
  const values = new Map<MetricName, number[]>();
  for (const metric of metrics) values.set(metric.name, [...(values.get(metric.name) ?? []), ...metric.values]);
  const most = Math.max(...[...values.values()].map(({ length }) => length));
  for (let from = 0; from < most; from += MAX_VALUES) {
    const part = [...values]
      .map(([name, all]) => [name, all.slice(from, from + MAX_VALUES)] as const)
      .filter(([, some]) => some.length > 0);
    const Metrics = part.map(([Name]) => ({ Name, Unit: METRICS[Name].unit }));
    const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics }];
    const members = part.map(([name, some]) => [name, some.length === 1 ? some[0] : some] as const);
    yield { _aws: { Timestamp, CloudWatchMetrics }, ...dimensions, ...Object.fromEntries(members) };
  }
}

function dimensionsOf(metrics: readonly Metric[]): Record<string, string> {
  const entries = Object.entries(metrics[0]?.dimensions ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, dimensionValue(value)]));
}

const dimensionsKey = ({ dimensions }: Metric): string => JSON.stringify(Object.entries(dimensions).sort());

const toStdout = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
