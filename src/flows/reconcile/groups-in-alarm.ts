/** What the alarms say now: which groups are in ALARM, which of them are silenced, and whether one that is in none may lag all the same. */

import { messageOf } from '#core/errors.ts';
import { alarmNames, lagAlarmNames } from '#core/metrics/alarm-names.ts';
import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import { decodeDimension } from '#core/metrics/catalogue.ts';
import { blindness } from '#core/runbook/reconcile.ts';
import type { AlarmContributor, AlarmStatus } from '#core/runbook/records.ts';
import type { Ports } from '#core/world.ts';

/** A contributor of a lag alarm that is a group. */
export interface GroupInAlarm {
  readonly groupId: string;
  readonly alarm: AlarmStatus;
  readonly contributor: AlarmContributor;
  /** Why the actions of its alarm do not count now: the rule of EventBridge does not start runs then either. */
  readonly silence?: string;
}

/** All that could be told. */
export interface AlarmsRead {
  readonly groups: readonly GroupInAlarm[];
  /** What is in ALARM and names no group. */
  readonly nameless: readonly string[];
  /** Lag alarms that CloudWatch could not evaluate whole: it names 100 groups in ALARM at most, and which others are, nobody knows. */
  readonly partial: readonly string[];
  /** Why a group that is not in `groups` may lag all the same; absent when that cannot be. */
  readonly blind?: string;
  /** Alarms that could not be read, and why: their groups are not among `groups`. */
  readonly failures: readonly string[];
}

type AlarmWorld = Ports<'alarms'>;

/** Reads the alarms. One that cannot be read keeps none of the others back. @throws what CloudWatch answers when it tells of no alarm at all */
export async function readAlarms(world: AlarmWorld): Promise<AlarmsRead> {
  const { clusterName, alarmShards, services } = world.settings;
  const { heartbeat, coverage } = alarmNames(clusterName);
  const lagNames = lagAlarmNames(clusterName, alarmShards);
  const healthNames = [heartbeat, coverage];
  const statuses = await world.alarms.statuses([...lagNames, ...healthNames]);
  const lag = statuses.filter(({ name }) => lagNames.includes(name));
  const health = statuses.filter(({ name }) => !lagNames.includes(name));
  const failures = lagNames
    .filter((name) => !lag.some((alarm) => alarm.name === name))
    .map((name) => `there is no alarm ${name}: deploy the stack again, which makes it`);
  const [groups, nameless]: [GroupInAlarm[], string[]] = [[], []];
  for (const alarm of lag.filter(({ state }) => state === 'ALARM')) {
    try {
      const read = await groupsOf(alarm, world);
      groups.push(...read.groups);
      nameless.push(...read.nameless);
    } catch (error) {
      failures.push(`alarm ${alarm.name}, with all its groups: ${messageOf(error)}`);
    }
  }
  // A share of the groups may be empty. What could be given back is of services, so the alarms of their groups count.
  const ofServices = new Set(services.map(({ group }) => lagNames[alarmShardOf(group, alarmShards) - 1]));
  const seen = { lag: lag.filter(({ name }) => ofServices.has(name)), health, expected: healthNames };
  const blind = failures[0] ?? (nameless.length > 0 ? `${nameless[0]} is in ALARM` : blindness(seen));
  const partial = lag.filter((alarm) => alarm.partial).map(({ name }) => name);
  return { groups, nameless, partial, ...(blind !== undefined && { blind }), failures };
}

async function groupsOf(alarm: AlarmStatus, world: AlarmWorld) {
  const [groups, nameless]: [GroupInAlarm[], string[]] = [[], []];
  for (const contributor of await world.alarms.contributors(alarm.name)) {
    const { ConsumerGroup: attribute } = contributor.attributes;
    const groupId = attribute === undefined ? undefined : decodeDimension(attribute);
    if (groupId === undefined) nameless.push(attribute ?? JSON.stringify(contributor.attributes));
    else groups.push({ groupId, alarm, contributor });
  }
  const silence = groups.length === 0 ? undefined : await silenceOf(alarm, world);
  return { groups: silence === undefined ? groups : groups.map((group) => ({ ...group, silence })), nameless };
}

async function silenceOf({ name, actionsDisabled }: AlarmStatus, { alarms }: AlarmWorld): Promise<string | undefined> {
  const rule = await alarms.mutedBy(name);
  if (rule !== undefined) return `the alarm is muted by ${rule}`;
  return actionsDisabled ? "the alarm's actions are switched off" : undefined;
}
