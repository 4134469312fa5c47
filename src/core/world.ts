/** What flows receive: their ports and the settings. Each flow names the ports that it needs. */
import type {
  AlarmContributors,
  Clock,
  HistoryStore,
  IncidentStore,
  MetricsPublisher,
  Notifier,
  OffsetsReader,
  RunbookRuns,
  ServiceScaler,
  StateStore,
} from './ports.ts';
import type { Settings } from './settings.ts';

export interface World {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly offsets: OffsetsReader;
  readonly history: HistoryStore;
  readonly metrics: MetricsPublisher;
  readonly state: StateStore;
  readonly incidents: IncidentStore;
  readonly scaler: ServiceScaler;
  readonly notifier: Notifier;
  readonly alarms: AlarmContributors;
  readonly runs: RunbookRuns;
}

/** The settings, the clock, and the ports that a flow names. */
export type Ports<K extends keyof World> = Pick<World, 'settings' | 'clock' | K>;
