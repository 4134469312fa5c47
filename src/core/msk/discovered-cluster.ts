/**
 * A discovered cluster, stored as JSON with a format version for functions that cannot call AWS.
 */

import { z } from 'zod';
import { readingSchema } from '#core/kafka/reading.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';
import { describeIssues } from '#core/text/issues.ts';
import { present } from '#core/text/json.ts';
import { type Cluster, endpointSchema, factsSchema } from './cluster.ts';

/** A cluster at a time. */
export interface DiscoveredCluster extends Cluster {
  /** Epoch ms. */
  readonly atMs: number;
}

/** Version of the stored text. Raise it when older code cannot read the new text. */
const CLUSTER_FORMAT = 1;

const storedSchema = z.object({
  format: z.literal(CLUSTER_FORMAT),
  cluster: z.object({ ...factsSchema.shape, endpoints: readingSchema(z.array(endpointSchema)), atMs: z.number() }),
});

export const encodeCluster = (cluster: DiscoveredCluster): string =>
  JSON.stringify({ format: CLUSTER_FORMAT, cluster }, null, 2);

/** Reads the text of `encodeCluster`. @throws DiscoveryError naming `location` and every problem */
export function decodeCluster(text: string, location: string): DiscoveredCluster {
  const input = parseJson(text);
  const stored = storedSchema.safeParse(input);
  if (stored.success) return stored.data.cluster;
  const problems = input === undefined ? 'it is not JSON' : describeIssues(stored.error, input).join('; ');
  throw new DiscoveryError(`${location} is not a discovered cluster: ${problems}; the next discovery replaces it`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The cluster in a line of the log. */
export const discoverySummary = ({ type, state, kafkaVersion, atMs }: DiscoveredCluster, nowMs: number) => ({
  type,
  state,
  ...present({ kafkaVersion }),
  discoveredMinutesAgo: Math.round((nowMs - atMs) / 60_000),
});

/** Two comma-separated lists of `host:port` share a broker. */
export function shareBroker(a: string, b: string): boolean {
  const brokers = new Set(a.split(','));
  return b.split(',').some((broker) => brokers.has(broker));
}
