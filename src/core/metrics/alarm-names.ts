/** Names of the alarms: the stack creates them, and `reconcile` looks them up in CloudWatch. */

/** Names of the alarms of a cluster on the watcher itself. */
export const alarmNames = (clusterName: string) => ({
  heartbeat: `msk-lag-watcher-${clusterName}-heartbeat`,
  coverage: `msk-lag-watcher-${clusterName}-coverage`,
  pollErrors: `msk-lag-watcher-${clusterName}-poll-errors`,
  unwatched: `msk-lag-watcher-${clusterName}-unwatched`,
  discovery: `msk-lag-watcher-${clusterName}-discovery`,
  reconcile: `msk-lag-watcher-${clusterName}-reconcile`,
  runFailed: `msk-lag-watcher-${clusterName}-run-failed`,
  runTimedOut: `msk-lag-watcher-${clusterName}-run-timed-out`,
  runNotStarted: `msk-lag-watcher-${clusterName}-run-not-started`,
});
export type WatcherAlarmName = keyof ReturnType<typeof alarmNames>;

/**
 * Names of the lag alarms of a cluster, by shard. The first name does not depend on their number.
 */
export const lagAlarmNames = (clusterName: string, alarmShards: number): string[] =>
  Array.from({ length: alarmShards }, (_, i) => `msk-lag-watcher-${clusterName}-lag${i === 0 ? '' : `-${i + 1}`}`);
