/** Metrics as the data of PutMetricData, divided into calls. */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { dimensionValue, METRICS, type Metric } from '#core/metrics/catalogue.ts';

/** @see CloudWatch API reference, PutMetricData */
const MAX_DATA = 1_000;
/**
 * Most bytes of a body before compression. The documented limit of 1 MB may be decimal or binary.
 */
const MAX_BYTES = 1_000_000;
/** Most distinct values of one datum. */
const MAX_VALUES = 150;
/** Bytes of the body around the data: the namespace, and the names of the members. */
const ENVELOPE_BYTES = 200;

/**
 * The data of one call, each with its metric. A metric may have several data with one time stamp.
 */
export type Call = readonly { readonly datum: MetricDatum; readonly metric: Metric }[];

/**
 * The calls that publish metrics as of `atMs`, within the limits of the API. All data of a metric
 * are in one call unless they exceed a call by themselves, since a part of the values would be a
 * wrong sum.
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

  /** Begins another call when the newest one has not enough room. */
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

/**
 * At least the bytes of the datum in the body. There its time is a number, which is shorter than
 * this text.
 */
const bytesOf = (datum: MetricDatum): number => Buffer.byteLength(JSON.stringify(datum)) + 1;
