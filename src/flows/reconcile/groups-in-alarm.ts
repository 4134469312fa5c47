/**
 * What the alarms show: groups in ALARM, which of them are silenced, and whether others may lag
 * unseen.
 */

import { messageOf } from '#core/errors.ts';
import { alarmNames, lagAlarmNames } from '#core/metrics/alarm-names.ts';
import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import { decodeDimension } from '#core/metrics/catalogue.ts';
import { findVisibilityProblem, type SilenceId, type VisibilityProblem } from '#core/runbook/reconcile.ts';
import type { AlarmContributor, AlarmStatus } from '#core/runbook/records.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';

/** A contributor of a lag alarm that is a group. */
export interface GroupInAlarm {
  readonly groupId: string;
  readonly alarm: AlarmStatus;
  readonly contributor: AlarmContributor;
  /** Why the actions of its alarm do not count now; absent when they do. */
  readonly silence?: Silence;
}

interface Silence {
  readonly id: SilenceId;
  readonly why: string;
}

/** What the alarms show at one time. */
export interface AlarmsRead {
  readonly groups: readonly GroupInAlarm[];
  /** Contributors in ALARM that name no group. */
  readonly nameless: readonly string[];
  /**
   * Lag alarms that CloudWatch could not evaluate completely. It names at most 100 groups in ALARM,
   * so further groups are unknown.
   */
  readonly partial: readonly string[];
  /** Why a group that is not in `groups` may lag anyway; absent when the alarms can be trusted. */
  readonly visibilityProblem?: VisibilityProblem;
  /** Alarms that could not be read, and why. `groups` lacks their groups. */
  readonly failures: readonly VisibilityProblem[];
}

type AlarmWorld = Ports<'alarms'>;

/**
 * Reads the alarms. An alarm that cannot be read does not affect the others.
 *
 * @throws CloudWatch's error when it returns no alarm at all
 */
export async function readAlarmStatuses(world: AlarmWorld): Promise<AlarmsRead> {
  const { clusterName, alarmShards, services } = world.settings;
  const { heartbeat, coverage } = alarmNames(clusterName);
  const lagNames = lagAlarmNames(clusterName, alarmShards);
  const healthNames = [heartbeat, coverage];
  const statuses = await world.alarms.statuses([...lagNames, ...healthNames]);
  const lag = statuses.filter(({ name }) => lagNames.includes(name));
  const health = statuses.filter(({ name }) => !lagNames.includes(name));
  const failures = lagNames
    .filter((name) => !lag.some((alarm) => alarm.name === name))
    .map(
      (name): VisibilityProblem => ({
        id: 'alarm-missing',
        text: `there is no alarm ${name}: deploy the stack again, which creates it`,
      }),
    );
  const groups: GroupInAlarm[] = [];
  const nameless: string[] = [];
  for (const alarm of lag.filter(({ state }) => state === 'ALARM')) {
    try {
      const read = await readGroups(alarm, world);
      groups.push(...read.groups);
      nameless.push(...read.nameless);
    } catch (error) {
      failures.push({
        id: 'alarm-unreadable',
        text: `alarm ${alarm.name}, with all its groups: ${messageOf(error)}`,
      });
    }
  }
  // An alarm shard may be empty. Only services have capacity to restore, so the alarms of their
  // groups count.
  const ofServices = new Set(services.map(({ group }) => lagNames[alarmShardOf(group, alarmShards) - 1]));
  const relevant = { lag: lag.filter(({ name }) => ofServices.has(name)), health, expected: healthNames };
  const visibilityProblem = failures[0] ?? namelessProblem(nameless) ?? findVisibilityProblem(relevant);
  const partial = lag.filter((alarm) => alarm.partial).map(({ name }) => name);
  return { groups, nameless, partial, ...present({ visibilityProblem }), failures };
}

const namelessProblem = ([first]: readonly string[]): VisibilityProblem | undefined =>
  first === undefined ? undefined : { id: 'nameless-in-alarm', text: `${first} is in ALARM` };

async function readGroups(alarm: AlarmStatus, world: AlarmWorld) {
  const groups: GroupInAlarm[] = [];
  const nameless: string[] = [];
  for (const contributor of await world.alarms.contributors(alarm.name)) {
    const { ConsumerGroup: attribute } = contributor.attributes;
    const groupId = attribute === undefined ? undefined : decodeDimension(attribute);
    if (groupId === undefined) nameless.push(attribute ?? JSON.stringify(contributor.attributes));
    else groups.push({ groupId, alarm, contributor });
  }
  const silence = groups.length === 0 ? undefined : await findSilence(alarm, world);
  return { groups: groups.map((group) => ({ ...group, ...present({ silence }) })), nameless };
}

async function findSilence(
  { name, actionsDisabled }: AlarmStatus,
  { alarms }: AlarmWorld,
): Promise<Silence | undefined> {
  const rule = await alarms.mutedBy(name);
  if (rule !== undefined) return { id: 'muted', why: `the alarm is muted by ${rule}` };
  return actionsDisabled ? { id: 'actions-disabled', why: "the alarm's actions are disabled" } : undefined;
}
