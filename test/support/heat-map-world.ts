/** A world in memory for the widget of the dashboard. */
import { appendReading, emptyHistory } from '../../src/core/history.ts';
import type { Incident } from '../../src/core/incident.ts';
import type { GroupReading } from '../../src/core/kafka.ts';
import { parseSettings, type SettingsInput } from '../../src/core/settings.ts';
import { MemoryHistoryStore } from '../../src/local/twins/history-store.ts';
import { MemoryStateStore } from '../../src/local/twins/state-store.ts';
import { clusterReadingOf } from './readings.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
/** The function itself. */
export const ENDPOINT = 'arn:aws:lambda:eu-west-1:111122223333:function:heat-map';
export const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Runbook-1';

export interface Stored {
  readonly groups?: readonly GroupReading[];
  readonly incident?: Incident;
  readonly settings?: Partial<SettingsInput>;
}

/** A world whose newest poll, 30 s ago, read these groups. */
export async function heatMapWorld({ groups, incident, settings }: Stored = {}) {
  const history = new MemoryHistoryStore();
  if (groups !== undefined) {
    await history.save({ history: appendReading(emptyHistory, clusterReadingOf(NOW - 30_000, groups), 60) });
  }
  const state = new MemoryStateStore();
  if (incident !== undefined) await state.saveIncident(incident);
  return {
    settings: parseSettings({
      clusterName: 'prod',
      bootstrapBrokers: 'b1:9098',
      defaultThreshold: { lag: 100 },
      historyBucket: 'bucket',
      stateMachineArn: MACHINE,
      ...settings,
    }),
    clock: { nowMs: () => NOW },
    history,
    state,
  };
}
