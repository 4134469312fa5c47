/** What a reading may spend on ages. */

/** Bounds the work that ages are to a cluster: each round is one request to each leader. */
export interface AgeBudget {
  /** Rounds at most. */
  readonly rounds: number;
  /** Partitions, those with the oldest records first, whose age is brought to within a second or 2 %; the others keep a bracket. */
  readonly precisePartitions: number;
  /** Age in ms that a group's records are compared with first, so that at least "older than that?" is answered. */
  readonly objectiveMsOf?: (groupId: string) => number | undefined;
}
