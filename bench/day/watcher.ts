/** The watcher as it would be deployed, on simulated time: the real poll, and the alarms of the synthesized stack. */
import { type LagHistory, type StoredHistory, samplesByGroup } from '../../src/core/history.ts';
import type { ClusterReading } from '../../src/core/kafka.ts';
import type { HistoryStore, OffsetsReader } from '../../src/core/ports.ts';
import { parseSettings, type SettingsInput } from '../../src/core/settings.ts';
import { judgeGroup } from '../../src/core/status.ts';
import type { Part } from '../../src/core/world.ts';
import { poll } from '../../src/flows/poll.ts';
import { alarmsFromTemplate } from '../../src/local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '../../src/local/cloudwatch/evaluate-alarms.ts';
import { MemoryCloudWatch } from '../../src/local/cloudwatch/memory-cloudwatch.ts';
import { MemoryHistoryStore } from '../../src/local/twins/history-store.ts';
import type { SimulatedClock } from './cluster.ts';
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
  /** Statuses that are an error; and those together with warnings. */
  readonly statusErrors = new AlarmLog();
  readonly statusWarnings = new AlarmLog();
  /** Alarms on the watcher itself that went off. */
  readonly trouble: string[] = [];
  readonly #clock: SimulatedClock;
  readonly #world: Part<'offsets' | 'history' | 'metrics'>;
  readonly #alarms: AlarmEvaluator;
  #reading: ClusterReading | undefined;
  #history: LagHistory | undefined;

  constructor({ clock, cluster, template, settings }: WatcherOptions) {
    this.#clock = clock;
    const metrics = new MemoryCloudWatch(clock);
    const place = { account: '111122223333', region: 'us-east-1' };
    this.#alarms = new AlarmEvaluator({ alarms: alarmsFromTemplate(template), metrics, place });
    const offsets: OffsetsReader = {
      read: async (request) => {
        this.#reading = await cluster.read(request);
        return this.#reading;
      },
      close: () => cluster.close(),
    };
    const history = tapped(new MemoryHistoryStore(), (saved) => {
      this.#history = saved;
    });
    this.#world = { settings: parseSettings(settings), clock, metrics, offsets, history };
  }

  /** One poll, and the status of each group from what it read and remembered. Returns the sums of lag by group. */
  async poll(): Promise<ReadonlyMap<string, number>> {
    const { groups, problems } = await poll(this.#world);
    const unexpected = problems.filter((problem) => !problem.startsWith('members of group'));
    if (unexpected.length > 0) throw new Error(`a poll went wrong: ${unexpected.join('; ')}`);
    this.#judge();
    return new Map(groups.flatMap(({ groupId, sumLag }) => (sumLag === undefined ? [] : [[groupId, sumLag] as const])));
  }

  /** The alarms, on the periods that are complete. */
  evaluate(): void {
    const atMs = this.#clock.nowMs();
    for (const { alarmName, contributor, to } of this.#alarms.evaluate(atMs)) {
      if (contributor !== undefined) this.alarm.note(String(contributor.ConsumerGroup), to === 'ALARM', atMs);
      else if (to === 'ALARM' && !alarmName.endsWith('-lag')) this.trouble.push(alarmName);
    }
  }

  #judge(): void {
    const reading = this.#reading as ClusterReading;
    const byGroup = samplesByGroup(this.#history as LagHistory);
    const windowMs = this.#world.settings.timing.rateWindowSeconds * 1_000;
    for (const group of reading.groups) {
      const samples = byGroup.get(group.groupId) ?? [];
      const { kind } = judgeGroup({ samples, group, windowMs }).group;
      this.statusErrors.note(group.groupId, kind === 'error', reading.atMs);
      this.statusWarnings.note(group.groupId, kind === 'error' || kind === 'warning', reading.atMs);
    }
  }
}

/** The store, and a listener that hears what is saved. */
function tapped(store: HistoryStore, onSave: (history: LagHistory) => void): HistoryStore {
  return {
    load: () => store.load(),
    save: (next: StoredHistory) => {
      onSave(next.history);
      return store.save(next);
    },
  };
}
