/**
 * The events that CloudWatch sends to EventBridge when an alarm or one contributor changes state.
 */

import { createHash, randomUUID } from 'node:crypto';
import { present } from '#core/text/json.ts';
import type { AlarmDefinition } from './alarms-from-template.ts';
import type { AlarmState } from './evaluate-window.ts';

/** An event on the bus. */
interface EventBridgeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One change of state. */
export interface AlarmTransition {
  readonly alarmName: string;
  /** Dimension values of the contributor; absent for the alarm as a whole. */
  readonly contributor?: Readonly<Record<string, string>>;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly atMs: number;
  readonly event: EventBridgeEvent;
}

/** Account and Region of the stand-in. */
export interface AlarmPlace {
  readonly account: string;
  readonly region: string;
}

type Change = Omit<AlarmTransition, 'event' | 'alarmName'>;

/** The alarm's ARN in that account and Region. */
export const alarmArn = (place: AlarmPlace, alarmName: string): string =>
  `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:${alarmName}`;

/**
 * A change of state with its event.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function toTransition(place: AlarmPlace, alarm: AlarmDefinition, change: Change): AlarmTransition {
  return { ...change, alarmName: alarm.name, event: toEvent(place, alarm, change) };
}

function toEvent(place: AlarmPlace, alarm: AlarmDefinition, change: Change): EventBridgeEvent {
  const { contributor, atMs } = change;
  const timestamp = new Date(atMs).toISOString().replace('Z', '+0000');
  const changed =
    contributor === undefined
      ? { previousState: { value: change.from } }
      : { alarmContributor: { id: contributorId(contributor), attributes: contributor } };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type':
      contributor === undefined ? 'CloudWatch Alarm State Change' : 'CloudWatch Alarm Contributor State Change',
    source: 'aws.cloudwatch',
    account: place.account,
    time: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: [alarmArn(place, alarm.name)],
    detail: {
      alarmName: alarm.name,
      ...changed,
      state: { value: change.to, reason: change.reason, timestamp },
      configuration: {
        metrics: [configurationOf(alarm)],
        ...present({ description: alarm.description }),
      },
    },
  };
}

function configurationOf({ source, periodSeconds }: AlarmDefinition): Record<string, unknown> {
  if (source.kind === 'insights') {
    return { id: source.id, expression: source.expression, returnData: true, period: periodSeconds };
  }
  const { namespace, name, dimensions, statistic } = source;
  return {
    id: 'm1',
    metricStat: { metric: { namespace, name, dimensions }, period: periodSeconds, stat: statistic },
    returnData: true,
  };
}

/** 16 hex digits that stay the same for the same attributes. */
function contributorId(attributes: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
