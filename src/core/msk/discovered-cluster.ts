/** A cluster as it was discovered: kept as JSON with a format version, for the functions that cannot ask AWS. */

import { z } from 'zod';
import { readingSchema } from '#core/kafka/reading.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';
import { describeIssues } from '#core/text/issues.ts';
import { present } from '#core/text/json.ts';
import { type Cluster, endpointSchema, factsSchema } from './cluster.ts';

/** A cluster as it was at a time, epoch ms. */
export interface DiscoveredCluster extends Cluster {
  readonly atMs: number;
}

/** Version of the text that `encodeCluster` makes. Raise it when the text changes in a way older code cannot read. */
const CLUSTER_FORMAT = 1;

const storedSchema = z.object({
  format: z.literal(CLUSTER_FORMAT),
  cluster: z.object({ ...factsSchema.shape, endpoints: readingSchema(z.array(endpointSchema)), atMs: z.number() }),
});

/** The cluster as text. */
export const encodeCluster = (cluster: DiscoveredCluster): string =>
  JSON.stringify({ format: CLUSTER_FORMAT, cluster }, null, 2);

/** Reads a text that `encodeCluster` made. @throws DiscoveryError naming `location` and everything that is wrong */
export function decodeCluster(text: string, location: string): DiscoveredCluster {
  const input = parseJson(text);
  const stored = storedSchema.safeParse(input);
  if (stored.success) return stored.data.cluster;
  const problems = input === undefined ? 'it is not JSON' : describeIssues(stored.error, input).join('; ');
  throw new DiscoveryError(`${location} is no discovered cluster: ${problems}; the next discovery replaces it`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a log line says of a discovered cluster. */
export const summaryOf = ({ type, state, kafkaVersion, atMs }: DiscoveredCluster, nowMs: number) => ({
  type,
  state,
  ...present({ kafkaVersion }),
  discoveredMinutesAgo: Math.round((nowMs - atMs) / 60_000),
});

/** Two lists of `host:port` have one in common. */
export function shareBroker(a: string, b: string): boolean {
  const brokers = new Set(a.split(','));
  return b.split(',').some((broker) => brokers.has(broker));
}
