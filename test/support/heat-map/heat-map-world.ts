/** A world in memory for the dashboard's widget. */

import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { appendReading, emptyHistory } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import type { Incident } from '#core/runbook/incident.ts';
import { parseSettings, type SettingsInput } from '#core/settings.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import { clusterReadingOf } from '#test/support/groups/readings.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
/** ARN of the function itself. */
export const ENDPOINT = 'arn:aws:lambda:eu-west-1:111122223333:function:heat-map';
export const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Runbook-1';

export interface Stored {
  readonly groups?: readonly GroupReading[];
  readonly incident?: Incident;
  readonly settings?: Partial<SettingsInput>;
}

/** A world with one poll, 30 s ago, that read these groups. */
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
