/**
 * The flows poll and observe over a real reader, with the history in memory, for what one poll
 * alone cannot show.
 */

import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { type Observation, observationSchema } from '#core/evidence/observation.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { parseSettings } from '#core/settings.ts';
import { poll } from '#flows/poll.ts';
import { observe } from '#flows/runbook/observe.ts';
import { MemoryIncidentStore } from '#local/twins/incident-store.ts';

/** The metrics of one poll. */
export interface Polled {
  /** Values of a metric for a group; empty when it was not published. */
  valuesOf(name: Metric['name'], group: string): readonly number[];
}

/** Polls and observes with one history. */
export interface Polling {
  poll(): Promise<Polled>;
  observe(group: string): Promise<Observation>;
}

export function pollingOf(offsets: OffsetsReader): Polling {
  const settings = parseSettings({ clusterName: 'test', bootstrapBrokers: 'of-the-reader:1' });
  const history = new MemoryHistoryStore();
  const incidents = new MemoryIncidentStore();
  return {
    async poll() {
      const published: Metric[] = [];
      const metrics = { publish: async (some: readonly Metric[]) => void published.push(...some) };
      await poll({ settings, clock: systemClock, offsets, history, metrics });
      return {
        valuesOf: (name, group) =>
          published
            .filter((metric) => metric.name === name && metric.dimensions.ConsumerGroup === group)
            .flatMap(({ values }) => values),
      };
    },
    async observe(groupId) {
      const run = { runId: 'run', incidentId: 'incident', groupId, lockKeys: [], startedAtMs: 0, resumed: false };
      const { key } = await observe({ run }, { settings, clock: systemClock, offsets, history, incidents });
      return observationSchema.parse(await incidents.getJson(key));
    },
  };
}
