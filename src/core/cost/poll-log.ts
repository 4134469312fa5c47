/** How much one poll writes to its log: sizes of its metric documents, which a test measures. */
import type { Inventory, PollLog } from './cost.ts';

/** Most values of one metric in a document. */
const MAX_VALUES = 100;
const CLUSTER = { bytes: 504, lines: 1 };

/** Bytes. Names of groups and topics have about 24 characters, lags up to four digits. */
const BYTES = { minimal: 307, age: 45, partitionDocument: 270, topicDocument: 304, value: 5, rates: 130, all: 356 };

/** Bytes and lines of the cluster's metrics, and of one group of this shape in each tier. */
export function pollLogOf({
  topicsPerGroup,
  partitionsPerTopic,
}: Pick<Inventory, 'topicsPerGroup' | 'partitionsPerTopic'>): PollLog {
  const partitions = topicsPerGroup * partitionsPerTopic;
  const documents = Math.ceil(partitions / MAX_VALUES);
  const topicDocuments = topicsPerGroup * Math.ceil(partitionsPerTopic / MAX_VALUES);
  const values = BYTES.value * partitions;
  const bytes = BYTES.minimal + BYTES.age + BYTES.partitionDocument * documents + values;
  const topicBytes = bytes + BYTES.topicDocument * topicDocuments + values;
  const lines = 1 + documents;
  return {
    cluster: CLUSTER,
    minimal: { bytes: BYTES.minimal, lines: 1 },
    default: { bytes, lines },
    rates: { bytes: bytes + BYTES.rates, lines },
    topics: { bytes: topicBytes, lines: lines + topicDocuments },
    all: { bytes: topicBytes + BYTES.all, lines: lines + topicDocuments },
  };
}
