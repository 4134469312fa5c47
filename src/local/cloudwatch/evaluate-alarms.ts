/**
 * Evaluates alarms on metrics in memory once per period, as CloudWatch does once a minute.
 * Periods are aligned to the clock; only complete ones count.
 */

import { type AlarmPlace, type AlarmTransition, toTransition } from './alarm-event.ts';
import type { AlarmDefinition, AlarmSource } from './alarms-from-template.ts';
import { type AlarmState, evaluateWindow, evaluationRange, type Verdict } from './evaluate-window.ts';
import type { MemoryCloudWatch, PeriodRange } from './memory-cloudwatch.ts';
import { type Contributor, readMetric, runQuery } from './series.ts';

/** Most contributors in ALARM that CloudWatch names. */
const MAX_CONTRIBUTORS_IN_ALARM = 100;

/** The alarms and their metrics. */
export interface AlarmEvaluatorOptions {
  readonly alarms: readonly AlarmDefinition[];
  readonly metrics: MemoryCloudWatch;
  /** Factor on each declared period; 1 when absent. */
  readonly timeScale?: number;
  readonly place: AlarmPlace;
}

/** A contributor in ALARM. */
export interface ContributorInAlarm {
  /** Dimension values, as CloudWatch stores them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly sinceMs: number;
}

/** An alarm under evaluation. */
interface Watch {
  readonly alarm: AlarmDefinition;
  state: AlarmState;
  /** Contributors in ALARM, by key; all others are OK or do not exist. */
  inAlarm: Map<string, ContributorInAlarm>;
  /** Number of the period of the last evaluation. */
  evaluatedIn?: number;
}

interface Moment {
  readonly atMs: number;
  readonly range: PeriodRange;
}

/** The alarms of a stack and the state of each. */
export class AlarmEvaluator {
  private readonly options: AlarmEvaluatorOptions;
  private readonly watches: readonly Watch[];

  constructor(options: AlarmEvaluatorOptions) {
    this.options = options;
    this.watches = options.alarms.map((alarm) => ({ alarm, state: 'INSUFFICIENT_DATA', inAlarm: new Map() }));
  }

  /**
   * Evaluates at `nowMs` and at every end of a period since the last call, so that the result does
   * not depend on the number of calls. Late data counts from the next evaluation on.
   *
   * @returns the changes of state in order of time; at the same time, contributors come before the
   * alarm
   * @throws Error when more contributors are in ALARM than CloudWatch can name
   */
  evaluate(nowMs: number): AlarmTransition[] {
    return this.watches.flatMap((watch) => this.evaluateWatch(watch, nowMs)).toSorted((a, b) => a.atMs - b.atMs);
  }

  /** State of an alarm as a whole. @throws Error without such an alarm */
  stateOf(alarmName: string): AlarmState {
    return this.watchOf(alarmName).state;
  }

  /**
   * Attributes of each contributor in ALARM; empty for an alarm on one metric.
   *
   * @throws Error without such an alarm
   */
  contributorsInAlarm(alarmName: string): Readonly<Record<string, string>>[] {
    return this.detailsInAlarm(alarmName).map(({ attributes }) => attributes);
  }

  /**
   * Each contributor in ALARM, with start and reason; empty for an alarm on one metric.
   *
   * @throws Error without such an alarm
   */
  detailsInAlarm(alarmName: string): ContributorInAlarm[] {
    return [...this.watchOf(alarmName).inAlarm.values()];
  }

  private watchOf(alarmName: string): Watch {
    const watch = this.watches.find(({ alarm }) => alarm.name === alarmName);
    if (watch === undefined) throw new Error(`there is no alarm ${JSON.stringify(alarmName)}`);
    return watch;
  }

  private evaluateWatch(watch: Watch, nowMs: number): AlarmTransition[] {
    const periodMs = watch.alarm.periodSeconds * 1_000 * (this.options.timeScale ?? 1);
    const current = Math.floor(nowMs / periodMs);
    const count = evaluationRange(watch.alarm);
    const changes: AlarmTransition[] = [];
    for (let period = Math.min((watch.evaluatedIn ?? current) + 1, current); period <= current; period++) {
      const moment = {
        atMs: period === current ? nowMs : period * periodMs,
        range: { periodMs, first: period - count, count },
      };
      const { source } = watch.alarm;
      changes.push(
        ...(source.kind === 'insights'
          ? this.evaluateContributors(watch, source, moment)
          : this.change(watch, moment, judge(watch, readMetric(this.options.metrics, source, moment.range)))),
      );
    }
    watch.evaluatedIn = current;
    return changes;
  }

  private evaluateContributors(
    watch: Watch,
    source: Extract<AlarmSource, { kind: 'insights' }>,
    moment: Moment,
  ): AlarmTransition[] {
    const contributors = runQuery(this.options.metrics, source.query, moment.range);
    const changes: AlarmTransition[] = [];
    const next: Watch['inAlarm'] = new Map();
    for (const contributor of contributors) {
      const from = watch.inAlarm.has(contributor.key) ? 'ALARM' : 'OK';
      const verdict = evaluateWindow(contributor.window, watch.alarm);
      const to = verdict.state === 'ALARM' || (verdict.state === 'retain' && from === 'ALARM') ? 'ALARM' : 'OK';
      if (to === 'ALARM') {
        const { attributes } = contributor;
        const since = { attributes, sinceMs: moment.atMs, reason: reasonOf(watch.alarm, to, verdict) };
        next.set(contributor.key, watch.inAlarm.get(contributor.key) ?? since);
      }
      if (to !== from) changes.push(this.contributorChange(watch, moment, { contributor, from, to, verdict }));
    }
    for (const [key, { attributes }] of watch.inAlarm) {
      if (contributors.some((contributor) => contributor.key === key)) continue;
      changes.push(this.vanished(watch, moment, attributes));
    }
    if (next.size > MAX_CONTRIBUTORS_IN_ALARM) {
      throw new Error(
        `alarm ${watch.alarm.name} has ${next.size} contributors in ALARM; CloudWatch names ${MAX_CONTRIBUTORS_IN_ALARM}`,
      );
    }
    watch.inAlarm = next;
    return [...changes, ...this.change(watch, moment, summarize(contributors.length, next.size))];
  }

  private contributorChange(
    watch: Watch,
    moment: Moment,
    change: { contributor: Contributor; from: AlarmState; to: AlarmState; verdict: Verdict },
  ): AlarmTransition {
    const { contributor, from, to, verdict } = change;
    const reason = reasonOf(watch.alarm, to, verdict);
    const details = { contributor: contributor.attributes, from, to, reason, atMs: moment.atMs };
    return toTransition(this.options.place, watch.alarm, details);
  }

  private vanished(watch: Watch, { atMs }: Moment, contributor: Readonly<Record<string, string>>): AlarmTransition {
    const reason = 'No data was returned for this contributor';
    return toTransition(this.options.place, watch.alarm, { contributor, from: 'ALARM', to: 'OK', reason, atMs });
  }

  /** Changes the state of the alarm as a whole. */
  private change(watch: Watch, { atMs }: Moment, next: { state: AlarmState; reason: string }): AlarmTransition[] {
    const { state: from, alarm } = watch;
    if (next.state === from) return [];
    watch.state = next.state;
    return [toTransition(this.options.place, alarm, { from, to: next.state, reason: next.reason, atMs })];
  }
}

function judge(watch: Watch, window: Contributor['window']): { state: AlarmState; reason: string } {
  const verdict = evaluateWindow(window, watch.alarm);
  const state = verdict.state === 'retain' ? watch.state : verdict.state;
  return { state, reason: reasonOf(watch.alarm, state, verdict) };
}

/**
 * State of an alarm on a query. Without any series there is no data, however the alarm treats
 * missing data.
 */
function summarize(series: number, inAlarm: number): { state: AlarmState; reason: string } {
  if (series === 0) return { state: 'INSUFFICIENT_DATA', reason: 'the query returned no time series' };
  const state = inAlarm > 0 ? 'ALARM' : 'OK';
  return { state, reason: `${inAlarm} out of ${series} time series evaluated to ALARM` };
}

function reasonOf(alarm: AlarmDefinition, to: AlarmState, { judged, breach }: Verdict): string {
  const { comparison, threshold, datapointsToAlarm: m, evaluationPeriods: n, treatMissingData } = alarm;
  if (to === 'INSUFFICIENT_DATA') return `Insufficient Data: ${n} datapoints were unknown`;
  const holes = n - judged.length;
  const filled = holes > 0 ? `, ${holes} missing (${treatMissingData})` : '';
  const latest = breach === undefined ? '' : `; the most recent one that crossed it: ${breach}`;
  return `Threshold Crossed: ${m} of ${n} datapoints decide; [${judged.join(', ')}]${filled} against ${comparison} ${threshold} gives ${to}${latest}`;
}
