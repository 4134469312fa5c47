/** Groups shared among lag alarms: CloudWatch lets one alarm on a query watch 500 series, and names 100 of them in alarm. */

import { textDigest } from '#core/text/digest.ts';
import type { Metric } from './catalogue.ts';

/** Most groups of one alarm before it is said: below the 500 series that CloudWatch takes, since the shares are not quite even. */
const COMFORTABLE_GROUPS = 400;
const MAX_GROUPS = 500;
/** Groups in alarm at once before it is said: from 100 on CloudWatch names no more. */
const COMFORTABLE_IN_ALARM = 80;
const MAX_IN_ALARM = 100;
/** Alarms on queries that an account may have in a Region. */
export const MAX_SHARDS = 200;

/** Number of the alarm that watches a group, from 1: the same for as long as there are as many of them. */
export const alarmShardOf = (groupId: string, shards: number): number =>
  1 + (Number.parseInt(textDigest(groupId).slice(-6), 36) % shards);

/** So many alarms watch so many groups comfortably. */
export const shardsFor = (groups: number): number => Math.max(1, Math.ceil(groups / COMFORTABLE_GROUPS));

const moreShards = (count: number): string =>
  count <= MAX_SHARDS ? `set alarmShards to ${count}` : 'filter groups, or watch them from another Region or account';

/** What is near the limits of the lag alarms, for people; `ratios` are the metrics of a poll. */
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
