import { dimensionValue, type Metric, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { AlarmContributors, Clock } from '#core/ports.ts';
import type { AlarmContributor, AlarmStatus } from '#core/runbook/records.ts';
import { type AlarmPlace, alarmArn } from './alarm-event.ts';
import type { AlarmDefinition } from './alarms-from-template.ts';
import type { AlarmEvaluator } from './evaluate-alarms.ts';
import type { MemoryCloudWatch } from './memory-cloudwatch.ts';

const PERIOD_MS = 60_000;

export interface EvaluatedAlarmsOptions {
  readonly alarms: readonly AlarmDefinition[];
  readonly evaluator: AlarmEvaluator;
  readonly metrics: MemoryCloudWatch;
  readonly clock: Clock;
  readonly place: AlarmPlace;
}

/**
 * Stand-in for CloudWatch's alarm API, over the evaluator. Alarms are whole and their actions are
 * on: the evaluator refuses more contributors than CloudWatch names, and the template reader
 * refuses disabled actions. Tests set mute rules by hand.
 */
export class EvaluatedAlarms implements AlarmContributors {
  readonly #options: EvaluatedAlarmsOptions;
  readonly #muted = new Map<string, string>();

  constructor(options: EvaluatedAlarmsOptions) {
    this.#options = options;
  }

  async statuses(names: readonly string[]): Promise<AlarmStatus[]> {
    const { alarms, evaluator, place } = this.#options;
    return names
      .filter((name) => alarms.some((alarm) => alarm.name === name))
      .map((name) => ({
        name,
        arn: alarmArn(place, name),
        state: evaluator.stateOf(name),
        actionsDisabled: false,
        partial: false,
      }));
  }

  async contributors(alarmName: string): Promise<AlarmContributor[]> {
    return this.#options.evaluator.detailsInAlarm(alarmName).map((details) => structuredClone(details));
  }

  async mutedBy(alarmName: string): Promise<string | undefined> {
    return this.#muted.get(alarmName);
  }

  async newestRatio(raw: Metric['dimensions'], sinceMs: number): Promise<number | undefined> {
    const { metrics, clock } = this.#options;
    const dimensions = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, dimensionValue(value)]));
    const [first, last] = [sinceMs, clock.nowMs()].map((ms) => Math.floor(ms / PERIOD_MS)) as [number, number];
    const range = { periodMs: PERIOD_MS, first, count: last - first + 1 };
    const periods = metrics.observations(
      { namespace: NAMESPACE, name: 'LagRatio' satisfies MetricName, dimensions },
      range,
    );
    const newest = periods.findLast((values) => values.length > 0);
    return newest === undefined ? undefined : Math.max(...newest);
  }

  /** Mutes an alarm by a rule; undefined unmutes it. */
  mute(alarmName: string, rule: string | undefined): void {
    if (rule === undefined) this.#muted.delete(alarmName);
    else this.#muted.set(alarmName, rule);
  }
}
