/**
 * What kafkajs cannot read, as a reading gives the reasons.
 *
 * @see docs/readers.md
 */
export const LIMITS = {
  /**
   * Below version 6, DescribeGroups returns a group of the new protocol as `Dead`, without an
   * error.
   */
  newProtocol: 'kafkajs cannot describe KIP-848 groups: it returns them as dead, like a group that is gone',
  /** It always sends ListOffsets with read_committed. */
  stableEnd: 'kafkajs returns the last stable offset only, not the log end',
  /** fetchTopicOffsets takes no partitions. */
  wholeTopic: 'kafkajs reads a topic as a whole, and one of its partitions failed',
  /** It lists one broker after another, and drops the list when one fails. */
  wholeList: 'kafkajs lists the groups of all brokers or none, and one broker failed',
  /** Its ListOffsets by timestamp drops the timestamp of the record. */
  age: 'kafkajs cannot return the age of a record without reading it',
  /** It could request this, but without ages retention forecasts nothing. */
  retention: 'retention is requested together with ages, which kafkajs cannot return',
  /** It has none of these requests. */
  transactions: 'kafkajs cannot list transactions',
  /** It keeps only the id and the protocol of the answer. */
  listedState: 'kafkajs lists a group without its state',
  /** It has no request for them. */
  shareLag: 'kafkajs cannot describe share groups',
} as const;
