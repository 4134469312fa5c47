/**
 * What kafkajs cannot read: the reasons in a reading, in these words.
 *
 * @see docs/readers.md
 */
export const LIMITS = {
  /** Below version 6, DescribeGroups answers `Dead` and no member for a group of the new protocol, without an error. */
  newProtocol: 'kafkajs cannot describe KIP-848 groups: it returns them as dead, like a group that is gone',
  /** ListOffsets is asked with read_committed, always. */
  stableEnd: 'kafkajs returns the last stable offset only, not the log end',
  /** fetchTopicOffsets takes no partitions. */
  wholeTopic: 'kafkajs reads a topic as a whole, and one of its partitions failed',
  /** It asks one broker after another, and the first that fails throws the list away. */
  wholeList: 'kafkajs lists the groups of all brokers or none, and one broker failed',
  /** Its ListOffsets by timestamp drops the timestamp that was found. */
  age: 'kafkajs cannot return the age of a record without reading it',
  /** It could ask; without ages, which it cannot tell, retention forecasts nothing. */
  retention: 'retention is requested together with ages, which kafkajs cannot return',
  /** It has none of these requests. */
  transactions: 'kafkajs cannot list transactions',
  /** It drops everything of the answer but the id and the protocol. */
  listedState: 'kafkajs lists a group without its state',
  /** It has no request for them. */
  shareLag: 'kafkajs cannot describe share groups',
} as const;
