/** Metrics as the data of PutMetricData, and which of them go into one call. */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { dimensionValue, METRICS, type Metric } from '#core/metrics/catalogue.ts';

/** @see CloudWatch API reference, PutMetricData */
const MAX_DATA = 1_000;
/** Of the body before compression: its limit is 1 MB, and whether that is a power of two is not said. */
const MAX_BYTES = 1_000_000;
/** Distinct values of one datum. */
const MAX_VALUES = 150;
/** The body around the data: the namespace, and the names of the members. */
const ENVELOPE_BYTES = 200;

/** What one call sends: data, each with the metric that it is of. A metric may have several, of one time stamp. */
export type Call = readonly { readonly datum: MetricDatum; readonly metric: Metric }[];

/**
 * The calls that publish metrics as of `atMs`, none above the limits of the API. All data of a metric are in one call, unless
 * they alone are more than one takes: a part of the values would be a wrong sum.
 */
export function callsFor(metrics: readonly Metric[], atMs: number): Call[] {
  const calls = new Calls();
  for (const metric of metrics) {
    const data = dataOf(metric, new Date(atMs)).map((datum) => ({ datum, metric, bytes: bytesOf(datum) }));
    calls.makeRoom(
      data.length,
      data.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    for (const entry of data) calls.add(entry);
  }
  return calls.all;
}

class Calls {
  readonly all: { datum: MetricDatum; metric: Metric }[][] = [];
  #bytes = 0;

  /** Begins another call when so much does not fit into the newest one. */
  makeRoom(data: number, bytes: number): void {
    const newest = this.all.at(-1);
    if (newest !== undefined && newest.length + data <= MAX_DATA && this.#bytes + bytes <= MAX_BYTES) return;
    if (newest?.length === 0) return;
    this.all.push([]);
    this.#bytes = ENVELOPE_BYTES;
  }

  add({ datum, metric, bytes }: Call[number] & { readonly bytes: number }): void {
    this.makeRoom(1, bytes);
    this.all.at(-1)?.push({ datum, metric });
    this.#bytes += bytes;
  }
}

function dataOf({ name, dimensions, values }: Metric, Timestamp: Date): MetricDatum[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const distinct = [...counts];
  const Dimensions = Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: dimensionValue(value) }));
  return Array.from({ length: Math.ceil(distinct.length / MAX_VALUES) }, (_, part) => {
    const chunk = distinct.slice(part * MAX_VALUES, (part + 1) * MAX_VALUES);
    return {
      MetricName: name,
      Unit: METRICS[name].unit,
      Dimensions,
      Timestamp,
      Values: chunk.map(([value]) => value),
      Counts: chunk.map(([, count]) => count),
    };
  });
}

/** Of the datum in the body, or more: there its time is a number, which is shorter than this text. */
const bytesOf = (datum: MetricDatum): number => Buffer.byteLength(JSON.stringify(datum)) + 1;
