/** Limits what a reading spends on ages. Each round is one request to each leader. */
export interface AgeBudget {
  /** Most rounds. */
  readonly rounds: number;
  /**
   * Most partitions with an age to within a second or 2 %, those with the oldest records first. The
   * others keep a wider bracket.
   */
  readonly precisePartitions: number;
  /**
   * Age of a group's threshold, ms. The first round asks for it, so that this comparison is
   * certain.
   */
  readonly objectiveMsOf?: (groupId: string) => number | undefined;
}
