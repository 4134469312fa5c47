/**
 * Everything that a diagnosis may use, and the signals that causes derive from it. A signal is
 * undefined if it needs an unknown value; no cause may match because of it.
 */
import { z } from 'zod';
import { knownValue, type Reading, readingSchema } from '#core/kafka/reading.ts';
import { GROWTH_TOLERANCE } from '#core/lag/rates.ts';
import { type ServiceStatus, serviceStatusSchema } from '#core/runbook/service.ts';
import {
  activeMembers,
  lagRead,
  type Observation,
  observationSchema,
  type PartitionObservation,
  partitionsRead,
  wholeRates,
} from './observation.ts';

export const evidenceSchema = z.object({
  observation: observationSchema,
  /** `absent`: no service is declared for the group. */
  service: readingSchema(serviceStatusSchema),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/**
 * One statement of evidence: a stable id for tests and tools, a sentence for people, and its
 * numbers.
 */
export const factSchema = z.object({
  id: z.string(),
  text: z.string(),
  values: z.record(z.string(), z.union([z.number(), z.string()])),
});
export type Fact = z.infer<typeof factSchema>;

export const fact = (id: string, text: string, values: Fact['values'] = {}): Fact => ({ id, text, values });

/** CPU or memory use of a task is high from this value, percent. */
export const HIGH_LOAD_PERCENT = 80;
/** Lag is even when more than half of the partitions are needed to hold this share of it. */
export const EVEN_SHARE = 0.8;
/** From this number of rebalances in the rate window, rates and evenness are unreliable. */
export const STORM_REBALANCES = 3;
/**
 * The produce rate has changed when its later half differs from the earlier by more than this
 * factor.
 */
export const TREND_FACTOR = 1.3;

/** Trend of lag by its slope; undefined when rates are unknown or incomplete. */
export function lagTrend(observation: Observation): 'growing' | 'draining' | 'level' | undefined {
  const rates = wholeRates(observation);
  if (rates === undefined) return undefined;
  const tolerance = GROWTH_TOLERANCE * Math.max(rates.produceRate, rates.consumeRate);
  if (rates.lagGrowthRate > tolerance) return 'growing';
  return rates.lagGrowthRate < -tolerance ? 'draining' : 'level';
}

/** Whether there is lag but no reads; undefined when the rates or the lag are unknown. */
export function isStandingStill(observation: Observation): boolean | undefined {
  const rates = wholeRates(observation);
  const lag = lagRead(observation);
  if (rates === undefined || lag === undefined) return undefined;
  return lag > 0 && rates.consumeRate === 0;
}

export interface Evenness {
  readonly even: boolean;
  readonly partitions: number;
  /** Fewest partitions that together hold `EVEN_SHARE` of the lag. */
  readonly holding: number;
  readonly top: PartitionObservation;
  readonly topLag: number;
  /** Share of the whole lag in `top`, 0 to 1. */
  readonly topShare: number;
}

/**
 * How evenly lag is spread over the partitions; undefined without lag, or when one lag is unknown.
 */
export function lagEvenness(observation: Observation): Evenness | undefined {
  const rows = partitionsRead(observation).flatMap((p) => (p.lag.kind === 'known' ? [{ p, lag: p.lag.value }] : []));
  const sum = rows.reduce((total, row) => total + row.lag, 0);
  rows.sort((a, b) => b.lag - a.lag);
  const [top] = rows;
  if (observation.coverage !== 1 || top === undefined || top.lag === 0) return undefined;
  const holding = fewestHolding(
    rows.map((row) => row.lag),
    EVEN_SHARE * sum,
  );
  const even = rows.length === 1 || holding > rows.length / 2;
  return { even, partitions: rows.length, holding, top: top.p, topLag: top.lag, topShare: top.lag / sum };
}

/** The number of lags, largest first, that together reach a sum. */
function fewestHolding(lags: readonly number[], sum: number): number {
  let held = 0;
  let holding = 0;
  for (const lag of lags) {
    if (held >= sum) break;
    held += lag;
    holding++;
  }
  return holding;
}

/**
 * Whether CPU or memory use is high; undefined when neither is known to be high and one is unknown.
 */
export function isLoadHigh(service: Reading<ServiceStatus>): boolean | undefined {
  const status = knownValue(service);
  if (status === undefined) return undefined;
  const readings = [knownValue(status.cpuPercent), knownValue(status.memoryPercent)];
  if (readings.some((percent) => percent !== undefined && percent >= HIGH_LOAD_PERCENT)) return true;
  return readings.includes(undefined) ? undefined : false;
}

/**
 * Whether rebalances make rates and evenness unreliable; undefined when their number is unknown.
 */
export const isStorm = (observation: Observation): boolean | undefined => {
  const count = knownValue(observation.rebalances)?.count;
  return count === undefined ? undefined : count >= STORM_REBALANCES;
};

/**
 * Assignors that distribute the partitions of all topics together. The others go topic by topic.
 */
const SHARING_ASSIGNORS = ['roundrobin', 'roundrobinassigner', 'sticky', 'cooperative-sticky', 'uniform'];

/** Partitions of the topics that the group reads, and how its assignor distributes them. */
export function partitionLoad(observation: Observation) {
  const perTopic = [...Map.groupBy(partitionsRead(observation), (p) => p.topic).values()].map((rows) => rows.length);
  const total = perTopic.reduce((sum, count) => sum + count, 0);
  const largest = perTopic.reduce((max, count) => Math.max(max, count), 0);
  const assignor = knownValue(observation.assignor);
  const shares = assignor !== undefined && SHARING_ASSIGNORS.includes(assignor.toLowerCase());
  return {
    total,
    /**
     * Most members that can own partitions. An unknown assignor counts as topic by topic, the lower
     * limit.
     */
    memberLimit: shares ? total : largest,
    /** Partitions of the busiest member when the group has `members` members, at least 1. */
    busiest: (members: number): number =>
      shares ? Math.ceil(total / members) : perTopic.reduce((sum, count) => sum + Math.ceil(count / members), 0),
  };
}

/** Whether more members could own partitions; undefined when the members are unknown. */
export function hasRoomForMembers(observation: Observation): boolean | undefined {
  const active = activeMembers(observation);
  return active === undefined ? undefined : active < partitionLoad(observation).memberLimit;
}
