import { expect, it } from 'vitest';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { observationSchema } from '#core/evidence/observation.ts';
import { appendReading, emptyHistory } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { HistoryStore } from '#core/ports.ts';
import { parseSettings } from '#core/settings.ts';
import { observe } from '#flows/runbook/observe.ts';
import { MemoryIncidentStore } from '#local/twins/incident-store.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const settings = parseSettings({ clusterName: 'test', bootstrapBrokers: 'of-the-reader:1' });
const run = { runId: 'run', incidentId: 'incident', groupId: 'billing', lockKeys: [], startedAtMs: 0, resumed: false };
const readingAt = (atMs: number, clusterId: string): ClusterReading => ({
  ...clusterReadingOf(atMs, [groupReadingOf({ offsets: [[0, atMs]] })]),
  clusterId,
});

/** The observation of cluster B with the history of a cluster. */
async function observedWithHistoryOf(clusterId: string) {
  const history = new MemoryHistoryStore();
  await history.save({ history: appendReading(emptyHistory, readingAt(10_000, clusterId), 10) });
  return observedWith(history);
}

async function observedWith(history: HistoryStore) {
  const incidents = new MemoryIncidentStore();
  const offsets = { read: async () => readingAt(20_000, 'B'), close: async () => {} };
  const { key } = await observe({ run }, { settings, clock: { nowMs: () => 20_000 }, offsets, history, incidents });
  return observationSchema.parse(await incidents.getJson(key));
}

it('measures rates with the history of its cluster', async () => {
  expect(await observedWithHistoryOf('B')).toMatchObject({ sumLag: 20_000, rates: { value: { produceRate: 1_000 } } });
});

it('has no rates with a history that could not be decoded, and says why', async () => {
  const history = new MemoryHistoryStore();
  const lost = { save: history.save, load: async () => ({ history: emptyHistory, lost: 'it is of another format' }) };

  expect(await observedWith(lost)).toMatchObject({
    rates: { kind: 'unknown', reason: expect.stringContaining('another format') },
    problems: [{ id: 'history-lost' }],
  });
});

it('has no rates with the history of another cluster, and says why', async () => {
  expect(await observedWithHistoryOf('A')).toMatchObject({
    sumLag: 20_000,
    rates: { kind: 'unknown', reason: expect.stringMatching(/"A".*"B"/) },
    problems: [{ id: 'history-of-other-cluster' }],
  });
});
