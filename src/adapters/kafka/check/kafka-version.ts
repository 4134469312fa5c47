/** Which Kafka a broker is at least, by what it speaks: no request tells its version. */
import type { BrokerVersions } from '#adapters/kafka/connection/connections.ts';

/** Newest first: a request, by its number in the protocol, and the version of it that came with a Kafka. */
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

/** As `3.9`; `undefined` when it is older than what we read. */
export const kafkaAtLeast = (versions: BrokerVersions): string | undefined =>
  MARKS.find(([, request, version]) => (versions.get(request)?.maxVersion ?? -1) >= version)?.[0];
