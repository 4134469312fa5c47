/**
 * The shares of groups among lag alarms: CloudWatch lets one alarm on a query watch 500 series, and
 * names 100 of them in alarm.
 */
import { textDigest } from '#core/text/digest.ts';
import type { Metric } from './catalogue.ts';

/**
 * Groups of one alarm from which a poll warns: below the limit, since shares are not quite even.
 */
const COMFORTABLE_GROUPS = 400;
const MAX_GROUPS = 500;
/** Groups in alarm at once from which a poll warns. */
const COMFORTABLE_IN_ALARM = 80;
const MAX_IN_ALARM = 100;
/** Quota of alarms on queries in an account and Region. */
export const MAX_SHARDS = 200;

/** Number of the alarm that watches a group, from 1. Only another number of shards changes it. */
export const alarmShardOf = (groupId: string, shards: number): number =>
  1 + (Number.parseInt(textDigest(groupId).slice(-6), 36) % shards);

/** How many alarms watch this number of groups without a warning. */
export const shardsFor = (groups: number): number => Math.max(1, Math.ceil(groups / COMFORTABLE_GROUPS));

const moreShards = (count: number): string =>
  count <= MAX_SHARDS ? `set alarmShards to ${count}` : 'filter groups, or watch them from another Region or account';

/** What is near the limits of the lag alarms, from the metrics of a poll; for people. */
export function shardProblems(metrics: readonly Metric[], shards: number): string[] {
  const ratios = metrics.filter(({ name }) => name === 'LagRatio');
  const byShard = Map.groupBy(ratios, ({ dimensions }) => dimensions.AlarmShard as string);
  return [...byShard].flatMap(([shard, ofShard]) => {
    const which = shards === 1 ? 'the lag alarm' : `lag alarm ${shard} of ${shards}`;
    const inAlarm = ofShard.filter(({ values }) => (values[0] as number) >= 1).length;
    return [
      ...(ofShard.length <= COMFORTABLE_GROUPS
        ? []
        : [
            `${which} watches ${ofShard.length} groups, and CloudWatch takes ${MAX_GROUPS}: ${moreShards(Math.max(shards + 1, shardsFor(ratios.length)))}`,
          ]),
      ...(inAlarm <= COMFORTABLE_IN_ALARM
        ? []
        : [
            `${inAlarm} groups of ${which} are above their thresholds, and CloudWatch names ${MAX_IN_ALARM} in alarm: the others start no run; raise alarmShards, or the thresholds`,
          ]),
    ];
  });
}
