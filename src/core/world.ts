/** What flows are given: their ports and settings. Each flow names the part it needs. */
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

/** The part of the world that a flow needs. */
export type Ports<K extends keyof World> = Pick<World, 'settings' | 'clock' | K>;
