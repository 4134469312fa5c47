/** Builders of a heat map's data. */

import { absent, known } from '#core/kafka/reading.ts';
import type { HeatMapInput, HeatMapPartition, HeatMapView } from '#render/heat-map/input.ts';

/**
 * A partition owned by 127.0.0.1. Its oldest unread record is one millisecond old per record of
 * lag.
 */
export const mapped = (partition: number, lag: number, change: Partial<HeatMapPartition> = {}): HeatMapPartition => ({
  topic: 'orders',
  partition,
  lag: known(lag),
  age: lag === 0 ? absent : known({ atLeastMs: lag, atMostMs: lag, proven: true }),
  owner: known('task@127.0.0.1'),
  ...change,
});

export const NOW = Date.UTC(2026, 10, 23, 12, 0, 40);

export const mapOf = (partitions: readonly HeatMapPartition[], change: Partial<HeatMapInput> = {}): HeatMapInput => ({
  clusterName: 'prod',
  groupId: 'billing',
  state: known('Stable'),
  members: known(3),
  partitions,
  coverage: known(1),
  ratio: known({ value: 0.5, by: 'lag', complete: true }),
  atMs: NOW - 40_000,
  nowMs: NOW,
  pollIntervalMs: 60_000,
  incident: absent,
  notes: [],
  ...change,
});

export const VIEW: HeatMapView = { theme: 'light', width: 600, rows: 10 };
