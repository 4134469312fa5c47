/**
 * Metrics as CloudWatch's Embedded Metric Format: lines of log that CloudWatch turns into metrics, so that a function
 * in a VPC needs no way out to publish.
 */
import { Metrics } from '@aws-lambda-powertools/metrics';
import { checkMetrics } from '../../core/metric-checks.ts';
import { dimensionValue, METRICS, type Metric, NAMESPACE } from '../../core/metrics.ts';
import type { MetricsPublisher } from '../../core/ports.ts';

export interface EmfOptions {
  /**
   * Takes one document, without line end.
   *
   * @default - straight to stdout: console.log would be wrapped by Lambda's JSON log format, and not be found
   */
  readonly write?: (line: string) => void;
}

/**
 * Publishes one document per set of dimensions; more where EMF's limits (100 metrics, 100 values of one metric) ask
 * for it. Nothing is written when a metric of the lot is refused by `checkMetrics`.
 *
 * The time stamp is `atMs` itself: CloudWatch puts it into its minute, so a second publication in one minute adds
 * to the first (Sum and SampleCount double, Maximum and Average do not), floored or not.
 */
export function createEmfPublisher({ write = toStdout }: EmfOptions = {}): MetricsPublisher {
  return {
    async publish(metrics, atMs) {
      checkMetrics(metrics);
      const document = new EmfDocument(Math.trunc(atMs));
      for (const sameDimensions of Map.groupBy(metrics, dimensionsKey).values()) {
        document.begin(dimensionsOf(sameDimensions));
        for (const metric of sameDimensions) addValues(document, metric);
        document.publishStoredMetrics();
      }
      document.lines.forEach(write);
    },
  };
}

/**
 * Powertools writes to stdout by itself when a document is full; this one collects, and keeps dimensions and time. One serves
 * all documents of a publication: to make one reads the environment and opens a console, which costs more than a document.
 */
class EmfDocument extends Metrics {
  readonly lines: string[] = [];
  readonly #atMs: number;

  constructor(atMs: number) {
    super({ namespace: NAMESPACE });
    this.#atMs = atMs;
    this.setTimestamp(atMs);
  }

  /** What follows has these dimensions alone; the one that Powertools adds, `service`, would make other series of the same metrics. */
  begin(dimensions: Record<string, string>): void {
    this.clearDefaultDimensions();
    this.setDefaultDimensions(dimensions);
  }

  override publishStoredMetrics(): this {
    if (this.hasStoredMetrics()) this.lines.push(JSON.stringify(this.serializeMetrics()));
    this.clearMetrics();
    this.setTimestamp(this.#atMs);
    return this;
  }
}

function addValues(document: Metrics, { name, values }: Metric): void {
  for (const value of values) document.addMetric(name, METRICS[name].unit, value);
}

function dimensionsOf(metrics: readonly Metric[]): Record<string, string> {
  const entries = Object.entries(metrics[0]?.dimensions ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, dimensionValue(value)]));
}

const dimensionsKey = ({ dimensions }: Metric): string => JSON.stringify(Object.entries(dimensions).sort());

const toStdout = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
