/** Builders of evidence: a healthy group by default, changed one trait at a time. */

import type { Evidence } from '#core/evidence/evidence.ts';
import type { Observation, PartitionObservation } from '#core/evidence/observation.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import type { GroupRates } from '#core/lag/rates.ts';
import type { ScalingAction } from '#core/runbook/incident.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';

export const AT_MS = Date.UTC(2026, 0, 5, 3, 0, 0);

export interface GroupTraits {
  /** Lag per partition of topic `orders`. `undefined`: unknown; `null`: no commit. */
  readonly lags?: readonly (number | undefined | null)[];
  /** Produce rate per partition, records per second; 100 each by default. */
  readonly produce?: readonly number[];
  readonly members?: number;
  readonly consume?: number;
  readonly trend?: GroupRates['produceTrend'];
  readonly state?: string;
  readonly kind?: string;
  readonly assignor?: string;
  readonly rebalances?: number;
  readonly samples?: number;
  /** Lag per partition of a second topic, `control`. Without an owner the topic is abandoned. */
  readonly second?: { readonly lags: readonly number[]; readonly owned: boolean };
}

const notAsked = unknown('was not asked');
const keepingUp: PartitionObservation['status'] = {
  kind: 'ok',
  rule: 'keeping-up',
  sinceMs: AT_MS - 300_000,
  evidence: {},
};

function lagReading(lag: number | undefined | null): PartitionObservation['lag'] {
  if (lag === undefined) return unknown('leader not available');
  return lag === null ? absent : known(lag);
}

/** Members share the partitions round robin. All partitions have the same consume rate. */
export function observationOf(traits: GroupTraits = {}): Observation {
  const lags = traits.lags ?? Array.from({ length: 8 }, () => 1000);
  const produce = traits.produce ?? lags.map(() => 100);
  const count = traits.members ?? 2;
  const produceRate = produce.reduce((sum, rate) => sum + rate, 0);
  const consume = traits.consume ?? produceRate / 2;
  const partitions = lags.map(
    (lag, partition): PartitionObservation => ({
      topic: 'orders',
      partition,
      lag: lagReading(lag),
      lost: known(0),
      stableLag: known(lag ?? 0),
      age: notAsked,
      ...(count > 0 ? { owner: `member-${partition % count}` } : {}),
      produceRate: produce[partition] ?? 0,
      consumeRate: consume / lags.length,
      status: keepingUp,
    }),
  );
  for (const [partition, lag] of (traits.second?.lags ?? []).entries()) {
    const owned = traits.second?.owned === true;
    partitions.push({
      topic: 'control',
      partition,
      lag: known(lag),
      lost: known(0),
      stableLag: known(lag ?? 0),
      age: notAsked,
      ...(owned ? { owner: `member-${partition % count}` } : { abandoned: true as const }),
      produceRate: 10,
      consumeRate: owned ? 5 : 0,
      status: keepingUp,
    });
  }
  const unknowns = lags.filter((lag) => lag === undefined).length;
  const sumLag = lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0);
  return {
    groupId: 'billing',
    atMs: AT_MS,
    kind: traits.kind ?? 'consumer',
    state: known(traits.state ?? (count > 0 ? 'Stable' : 'Empty')),
    assignor: known(traits.assignor ?? 'RoundRobinAssigner'),
    members: known(
      Array.from({ length: count }, (_, i) => ({
        memberId: `member-${i}`,
        clientId: `task-${i}`,
        host: `10.0.0.${i + 1}`,
        partitions: partitions.filter((p) => p.owner === `member-${i}`).length,
      })),
    ),
    partitions,
    sumLag,
    thresholds: { lag: 1000 },
    ratio: { value: sumLag / 1000, by: 'lag', complete: unknowns === 0 },
    coverage: (lags.length - unknowns) / lags.length,
    rates: known({
      fromMs: AT_MS - 300_000,
      toMs: AT_MS,
      samples: traits.samples ?? 6,
      produceRate,
      consumeRate: consume,
      lagGrowthRate: produceRate - consume,
      ...present({ produceTrend: traits.trend }),
      partitions: [],
      leftOut: 0,
    }),
    rebalances: known({ count: traits.rebalances ?? 0, samples: traits.samples ?? 6 }),
    status: { kind: 'ok', rule: 'keeping-up', sinceMs: AT_MS - 300_000, partitions: { ok: partitions.length } },
    timeToDrain: notAsked,
    timeToDataLoss: notAsked,
    ageMs: notAsked,
    conditions: [],
    problems: [],
  };
}

/** A steady service whose tasks run at the members' addresses. */
export function serviceOf(change: Partial<ServiceStatus> = {}): ServiceStatus {
  const running = change.running ?? 2;
  return {
    id: { cluster: 'shop', service: 'billing' },
    desired: running,
    running,
    pending: 0,
    deploymentInProgress: false,
    lever: 'desired-count',
    leverValue: change.desired ?? running,
    taskAddresses: known(Array.from({ length: 20 }, (_, i) => `10.0.0.${i + 1}`)),
    cpuPercent: known(12),
    memoryPercent: known(40),
    ...change,
  };
}

export const evidenceOf = (traits: GroupTraits = {}, service: Partial<ServiceStatus> = {}): Evidence => ({
  observation: observationOf(traits),
  service: known(serviceOf({ running: traits.members ?? 2, ...service })),
});

/** The service of `serviceOf`, scaled from 2 to 8 tasks. */
export const scalingAction: ScalingAction = {
  service: { cluster: 'shop', service: 'billing' },
  lever: 'desired-count',
  from: 2,
  to: 8,
  leverFrom: 2,
  leverTo: 8,
  expectedMembers: 8,
  atMs: AT_MS,
  status: 'applied',
};
