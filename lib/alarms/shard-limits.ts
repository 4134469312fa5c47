/** Tells at synth when the groups that are named are more than the lag alarms take. How many there are, only a poll knows, which says it too. */
import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { shardsFor } from '#core/metrics/alarm-shards.ts';
import { namedGroupsOf, type Settings } from '#core/settings.ts';

/** Adds a warning when it is so. */
export function tellShards(scope: Construct, settings: Settings): void {
  const named = namedGroupsOf(settings).length;
  const { alarmShards } = settings;
  const needed = shardsFor(named);
  if (needed <= alarmShards) return;
  Annotations.of(scope).addWarningV2(
    'msk-lag-watcher:alarm-shards',
    `services and thresholds name ${named} groups, which is near what the lag alarms can watch (${alarmShards} of 500 groups each, and shares are not quite ` +
      `even): set alarmShards to ${needed}`,
  );
}
