/** Facts that several causes state, so that one thing is said in one way. */
import {
  EVEN_SHARE,
  type Evenness,
  type Evidence,
  type Fact,
  fact,
  HIGH_LOAD_PERCENT,
  isStandingStill,
  lagEvenness,
  lagTrend,
  partitionLoad,
} from '#core/evidence/evidence.ts';
import { activeMembers, type Observation, wholeRates } from '#core/evidence/observation.ts';
import { knownValue, whyMissing } from '#core/kafka/reading.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';

const rounded = (value: number): number => Math.round(value * 10) / 10;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Arrival, consumption and slope; or why they are not known. */
export function ratesFact(observation: Observation): Fact {
  const rates = knownValue(observation.rates);
  if (rates === undefined) return fact('rates-unknown', `rates are unknown: ${whyMissing(observation.rates)}`);
  const seconds = Math.round((rates.toMs - rates.fromMs) / 1000);
  const [arrival, consume, velocity] = [
    rounded(rates.produceRate),
    rounded(rates.consumeRate),
    rounded(rates.lagGrowthRate),
  ];
  const partly = rates.leftOut > 0 ? `; ${rates.leftOut} partitions could not be followed` : '';
  return fact(
    'rates',
    `arrival ${arrival}/s, consumed ${consume}/s, lag moves by ${velocity}/s over ${seconds} s (${rates.samples} polls${partly})`,
    { arrival, consume, velocity, seconds, samples: rates.samples, leftOut: rates.leftOut },
  );
}

/** Which way lag moves, for causes that need another way; or why that is not known. */
export function trendFact(observation: Observation): Fact {
  const [rates, trend] = [wholeRates(observation), lagTrend(observation)];
  if (rates === undefined || trend === undefined) return ratesFact(observation);
  const velocity = rounded(Math.abs(rates.lagGrowthRate));
  const texts = {
    growing: `lag grows by ${velocity}/s`,
    draining: `lag falls by ${velocity}/s`,
    level: 'lag is level',
  };
  const still = trend === 'level' && isStandingStill(observation) ? ', and nothing at all is read' : '';
  return fact(`trend-${trend}`, texts[trend] + still, { velocity });
}

export function evennessFact(evenness: Evenness | undefined): Fact {
  if (evenness === undefined) return fact('evenness-unknown', 'how lag lies on the partitions is not known in full');
  const { holding, partitions, even } = evenness;
  return fact(
    even ? 'lag-even' : 'lag-uneven',
    `${holding} of ${partitions} partitions hold ${percent(EVEN_SHARE)} of the lag: ${even ? 'even' : 'uneven'}`,
    { holding, partitions, topShare: rounded(evenness.topShare) },
  );
}

export function loadFact({ service }: Evidence): Fact {
  if (service.kind !== 'known') {
    const why = service.kind === 'absent' ? 'no service is declared for the group' : service.reason;
    return fact('load-unknown', `CPU and memory are unknown: ${why}`);
  }
  const [cpu, memory] = [loadText(service.value.cpuPercent), loadText(service.value.memoryPercent)];
  return fact('load', `CPU ${cpu}, memory ${memory} of what a task was given (high from ${HIGH_LOAD_PERCENT} %)`, {
    cpu,
    memory,
  });
}

export function membersFact(observation: Observation): Fact {
  const active = activeMembers(observation);
  if (active === undefined) return fact('members-unknown', `members are unknown: ${whyMissing(observation.members)}`);
  const { total, memberLimit } = partitionLoad(observation);
  const assignor = knownValue(observation.assignor) ?? 'unknown assignor';
  return fact(
    'members',
    `${active} members own partitions; ${assignor} can use ${memberLimit} members on ${total} partitions`,
    { active, memberLimit, partitions: total },
  );
}

export function rebalancesFact(observation: Observation): Fact {
  const seen = knownValue(observation.rebalances);
  return seen === undefined
    ? fact('rebalances-unknown', `rebalances are unknown: ${whyMissing(observation.rebalances)}`)
    : fact('rebalances', `${seen.count} rebalances seen in the window (${seen.samples} polls)`, { ...seen });
}

/** Lag that no consumer will read; nothing when there is none. */
export function abandonedFacts(observation: Observation): Fact[] {
  const left = observation.partitions
    .filter((p) => p.abandoned !== undefined)
    .flatMap(({ topic, lag }) => (lag.kind === 'known' && lag.value > 0 ? [{ topic, lag: lag.value }] : []));
  const lag = left.reduce((sum, p) => sum + p.lag, 0);
  const topics = [...new Set(left.map((p) => p.topic))];
  if (topics.length === 0) return [];
  const names = topics.slice(0, 3).join(', ');
  return [
    fact('abandoned', `${lag} records lie in ${topics.length} topics that no member reads: ${names}`, {
      lag,
      topics: topics.length,
    }),
  ];
}

/** Whether more members could own partitions; or why that is not known. */
export function roomFact(observation: Observation): Fact {
  const active = activeMembers(observation);
  if (active === undefined) return membersFact(observation);
  const { memberLimit } = partitionLoad(observation);
  const room = active < memberLimit;
  const text = `${active} members own partitions, ${room ? 'fewer than' : 'as many as'} the ${memberLimit} that can`;
  return fact(room ? 'room' : 'no-room', text, { active, memberLimit });
}

/** Facts that the branches for even lag share. */
export const evennessOf = (evidence: Evidence): Fact => evennessFact(lagEvenness(evidence.observation));

function loadText(reading: ServiceStatus['cpuPercent']): string {
  return reading.kind === 'known' ? `${rounded(reading.value)} %` : `unknown (${whyMissing(reading)})`;
}
