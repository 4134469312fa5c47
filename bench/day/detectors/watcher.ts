/** The watcher in simulated time: the real poll and the alarms of the synthesized stack. */

import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import type { SimulatedClock } from '#bench/day/traffic/cluster.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { parseSettings, type SettingsInput } from '#core/settings.ts';
import type { Ports } from '#core/world.ts';
import { poll } from '#flows/poll.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '#local/cloudwatch/evaluate-alarms.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { AlarmLog } from './stretches.ts';

export interface WatcherOptions {
  readonly clock: SimulatedClock;
  readonly cluster: OffsetsReader;
  /** The synthesized CloudFormation template. */
  readonly template: unknown;
  readonly settings: SettingsInput;
}

export class Watcher {
  /** Contributors of the lag alarm, by group. */
  readonly alarm = new AlarmLog();
  /** Error statuses; and errors together with warnings. */
  readonly statusErrors = new AlarmLog();
  readonly statusWarnings = new AlarmLog();
  /** Alarms on the watcher itself that went off. */
  readonly trouble: string[] = [];
  readonly #clock: SimulatedClock;
  readonly #world: Ports<'offsets' | 'history' | 'metrics'>;
  readonly #alarms: AlarmEvaluator;
  readonly #lagAlarms: ReadonlySet<string>;

  constructor({ clock, cluster, template, settings }: WatcherOptions) {
    this.#clock = clock;
    const metrics = new MemoryCloudWatch(clock);
    const place = { account: '111122223333', region: 'us-east-1' };
    const alarms = alarmsFromTemplate(template);
    this.#alarms = new AlarmEvaluator({ alarms, metrics, place });
    this.#lagAlarms = new Set(alarms.filter(({ source }) => source.kind === 'insights').map(({ name }) => name));
    this.#world = {
      settings: parseSettings(settings),
      clock,
      metrics,
      offsets: cluster,
      history: new MemoryHistoryStore(),
    };
  }

  /** One poll. Returns the sums of lag by group. */
  async poll(): Promise<ReadonlyMap<string, number>> {
    const { atMs, groups, problems, statusOf } = await poll(this.#world);
    const unexpected = problems.filter(({ id }) => id !== 'members-unknown');
    if (unexpected.length > 0) throw new Error(`a poll went wrong: ${unexpected.map(({ text }) => text).join('; ')}`);
    for (const [groupId, kind] of statusOf) {
      this.statusErrors.note(groupId, kind === 'error', atMs);
      this.statusWarnings.note(groupId, kind === 'error' || kind === 'warning', atMs);
    }
    return new Map(groups.flatMap(({ groupId, sumLag }) => (sumLag === undefined ? [] : [[groupId, sumLag] as const])));
  }

  /** Evaluates the alarms on the complete periods. */
  evaluate(): void {
    const atMs = this.#clock.nowMs();
    for (const { alarmName, contributor, to } of this.#alarms.evaluate(atMs)) {
      if (contributor !== undefined) this.alarm.note(String(contributor.ConsumerGroup), to === 'ALARM', atMs);
      else if (to === 'ALARM' && !this.#lagAlarms.has(alarmName)) this.trouble.push(alarmName);
    }
  }
}
