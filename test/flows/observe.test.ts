import { expect, it } from 'vitest';
import { appendReading, emptyHistory } from '../../src/core/history.ts';
import type { ClusterReading } from '../../src/core/kafka.ts';
import { observationSchema } from '../../src/core/observation.ts';
import { parseSettings } from '../../src/core/settings.ts';
import { observe } from '../../src/flows/observe.ts';
import { MemoryHistoryStore } from '../../src/local/twins/history-store.ts';
import { MemoryIncidentStore } from '../../src/local/twins/incident-store.ts';
import { clusterReadingOf, groupReadingOf } from '../support/readings.ts';

const settings = parseSettings({ clusterName: 'test', bootstrapBrokers: 'of-the-reader:1' });
const run = { runId: 'run', incidentId: 'incident', groupId: 'billing', lockKeys: [], startedAtMs: 0, resumed: false };
const readingAt = (atMs: number, clusterId: string): ClusterReading => ({
  ...clusterReadingOf(atMs, [groupReadingOf({ offsets: [[0, atMs]] })]),
  clusterId,
});

/** What is observed of cluster B when the history is of a cluster. */
async function observed(of: string) {
  const [history, incidents] = [new MemoryHistoryStore(), new MemoryIncidentStore()];
  await history.save({ history: appendReading(emptyHistory, readingAt(10_000, of), 10) });
  const offsets = { read: async () => readingAt(20_000, 'B'), close: async () => {} };
  const { key } = await observe({ run }, { settings, clock: { nowMs: () => 20_000 }, offsets, history, incidents });
  return observationSchema.parse(await incidents.getJson(key));
}

it('measures rates by the history of its cluster', async () => {
  expect(await observed('B')).toMatchObject({ sumLag: 20_000, rates: { value: { arrivalPerSecond: 1_000 } } });
});

it('measures none by the history of another cluster, and says so', async () => {
  const problem = expect.stringMatching(/^history is not used: .*"A".*"B"/);

  expect(await observed('A')).toMatchObject({
    sumLag: 20_000,
    rates: { kind: 'unknown', reason: problem },
    problems: [problem],
  });
});
