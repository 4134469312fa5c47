/**
 * Warns at synth when the settings name more groups than the lag alarms can watch. A poll, which
 * knows all groups, warns too.
 */
import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { shardsFor } from '#core/metrics/alarm-shards.ts';
import { namedGroupsOf, type Settings } from '#core/settings.ts';

/** Adds the warning where it applies. */
export function warnOfShards(scope: Construct, settings: Settings): void {
  const named = namedGroupsOf(settings).length;
  const { alarmShards } = settings;
  const needed = shardsFor(named);
  if (needed <= alarmShards) return;
  Annotations.of(scope).addWarningV2(
    'msk-lag-watcher:alarm-shards',
    `services and thresholds name ${named} groups, which is near the limit of the lag alarms (${alarmShards} of 500 groups each, in ` +
      `shares that are not quite even): set alarmShards to ${needed}`,
  );
}
