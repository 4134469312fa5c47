/** Other detectors on the same data: Burrow on the commits, and thresholds on the sum of lag. */

import type { SimulatedCluster } from '#bench/day/traffic/cluster.ts';
import type { Work } from '#bench/day/traffic/group.ts';
import { type Criterion, evaluateWindow, evaluationRange } from '#local/cloudwatch/evaluate-window.ts';
import { BURROW_REFRESH_MS, BURROW_STATUSES, BurrowPartition, burrowGroupStatus } from './burrow.ts';
import { AlarmLog, type Alarms } from './stretches.ts';

/**
 * Burrow over the cluster. Its notifier reads statuses once a minute and reports warnings by
 * default.
 */
export class BurrowRival {
  readonly warnings = new AlarmLog();
  readonly errors = new AlarmLog();
  readonly #partitions = new Map<Work, BurrowPartition>();
  readonly #cluster: SimulatedCluster;

  constructor(cluster: SimulatedCluster) {
    this.#cluster = cluster;
    for (const work of cluster.groups.flatMap(({ works }) => works)) this.#partitions.set(work, new BurrowPartition());
  }

  tick(events: ReturnType<SimulatedCluster['tick']>, atMs: number): void {
    for (const { commits } of events) {
      for (const { work, offset } of commits) this.#partitions.get(work)?.takeCommit(offset, atMs);
    }
    if (atMs % BURROW_REFRESH_MS !== 0) return;
    for (const [{ log }, partition] of this.#partitions) partition.takeEnd(log.before(atMs));
  }

  evaluate(nowMs: number): void {
    for (const { shape, works } of this.#cluster.groups) {
      const partitions = works.map((work) => this.#partitions.get(work) as BurrowPartition);
      const rank = BURROW_STATUSES.indexOf(burrowGroupStatus(partitions, nowMs));
      this.warnings.note(shape.groupId, rank >= BURROW_STATUSES.indexOf('WARN'), nowMs);
      this.errors.note(shape.groupId, rank >= BURROW_STATUSES.indexOf('ERR'), nowMs);
    }
  }
}

/** A complete minute, as an alarm sees it. */
export interface LagMinute {
  /** Time of the evaluation, epoch ms. */
  readonly seenMs: number;
  /** Sum of lag by group; absent when no poll ran. */
  readonly lags?: ReadonlyMap<string, number>;
}

const FIVE_OF_FIVE = {
  comparison: 'GreaterThanOrEqualToThreshold',
  evaluationPeriods: 5,
  datapointsToAlarm: 5,
  treatMissingData: 'notBreaching',
} as const;

/** A plain alarm on the sum of lag: one threshold for all groups, in five minutes out of five. */
export function staticAlarms(minutes: readonly LagMinute[], records: number): Alarms {
  const criterion: Criterion = { ...FIVE_OF_FIVE, threshold: records };
  const range = evaluationRange(criterion);
  const groups = new Set(minutes.flatMap(({ lags }) => [...(lags?.keys() ?? [])]));
  const log = new AlarmLog();
  for (const [i, { seenMs }] of minutes.entries()) {
    const window = minutes.slice(Math.max(0, i + 1 - range), i + 1);
    for (const group of groups) {
      const values = window.map(({ lags }) => lags?.get(group));
      log.note(group, evaluateWindow(values, criterion).state === 'ALARM', seenMs);
    }
  }
  return log.close(minutes.at(-1)?.seenMs ?? 0);
}
