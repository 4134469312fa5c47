/**
 * The least version of Kafka that a broker can be, from the requests it supports. No request
 * returns it.
 */
import type { BrokerVersions } from '#adapters/kafka/connection/connections.ts';

/** Newest first: a request, by its number, and the version of it that a release of Kafka added. */
const MARKS: readonly (readonly [kafka: string, request: number, version: number])[] = [
  ['4.0', 3, 13], // Metadata
  ['3.9', 1, 17], // Fetch
  ['3.7', 1, 16],
  ['3.6', 2, 8], // ListOffsets
  ['3.5', 1, 14],
  ['3.1', 3, 12],
  ['3.0', 66, 0], // ListTransactions
  ['2.8', 60, 0], // DescribeCluster
];

/** For example `3.9`; `undefined` for brokers older than we support. */
export const kafkaAtLeast = (versions: BrokerVersions): string | undefined =>
  MARKS.find(([, request, version]) => (versions.get(request)?.maxVersion ?? -1) >= version)?.[0];
