/**
 * What kafkajs cannot tell, in the words that stand in a reading.
 *
 * @see docs/readers.md
 */
export const LIMITS = {
  /** Below version 6, DescribeGroups answers `Dead` and no member for a group of the new protocol, without an error. */
  newProtocol: 'kafkajs cannot describe KIP-848 groups: it sees them as dead, and a group that is gone looks the same',
  /** ListOffsets is asked with read_committed, always. */
  stableEnd: 'kafkajs tells the last stable offset only, not where the log ends',
  /** fetchTopicOffsets takes no partitions. */
  wholeTopic: 'kafkajs reads a topic as a whole, and a partition of it failed',
  /** It asks one broker after another, and the first that fails throws the list away. */
  wholeList: 'kafkajs lists the groups of all brokers or none, and one failed',
  /** Its ListOffsets by timestamp drops the timestamp that was found. */
  age: 'kafkajs cannot tell the age of a record without reading it',
  /** It could ask; without ages, which it cannot tell, retention forecasts nothing. */
  retention: 'retention is asked for together with ages, which kafkajs cannot tell',
  /** It has none of these requests. */
  transactions: 'kafkajs cannot list transactions',
  /** It drops everything of the answer but the id and the protocol. */
  listedState: 'kafkajs lists a group without its state',
  /** It has no request for them. */
  shareLag: 'kafkajs cannot describe share groups',
} as const;
