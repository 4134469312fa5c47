/** Facts that several causes state, each worded once. */
import {
  EVEN_SHARE,
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

/** Produce rate, consume rate and growth of lag; or why they are unknown. */
export function ratesFact(observation: Observation): Fact {
  const rates = knownValue(observation.rates);
  if (rates === undefined) return fact('rates-unknown', `rates are unknown: ${whyMissing(observation.rates)}`);
  const seconds = Math.round((rates.toMs - rates.fromMs) / 1000);
  const produceRate = rounded(rates.produceRate);
  const consumeRate = rounded(rates.consumeRate);
  const lagGrowthRate = rounded(rates.lagGrowthRate);
  const { samples, leftOut } = rates;
  const partly = leftOut > 0 ? `; ${leftOut} partitions could not be followed` : '';
  return fact(
    'rates',
    `produce rate ${produceRate}/s, consume rate ${consumeRate}/s, lag changes by ${lagGrowthRate}/s over ${seconds} s (${samples} polls${partly})`,
    { produceRate, consumeRate, lagGrowthRate, seconds, samples, leftOut },
  );
}

/** Whether lag grows, falls or is level, for causes that this refutes; or why that is unknown. */
export function trendFact(observation: Observation): Fact {
  const rates = wholeRates(observation);
  const trend = lagTrend(observation);
  if (rates === undefined || trend === undefined) return ratesFact(observation);
  const lagGrowthRate = rounded(rates.lagGrowthRate);
  const texts = {
    growing: `lag grows by ${lagGrowthRate}/s`,
    draining: `lag falls by ${-lagGrowthRate}/s`,
    level: 'lag is level',
  };
  const still = trend === 'level' && isStandingStill(observation) ? ', and the group reads nothing' : '';
  return fact(`trend-${trend}`, texts[trend] + still, { lagGrowthRate });
}

export function loadFact({ service }: Evidence): Fact {
  if (service.kind !== 'known') {
    const why = service.kind === 'absent' ? 'no service is declared for the group' : service.reason;
    return fact('load-unknown', `CPU and memory are unknown: ${why}`);
  }
  const cpu = loadText(service.value.cpuPercent);
  const memory = loadText(service.value.memoryPercent);
  return fact('load', `CPU use ${cpu}, memory use ${memory} (high from ${HIGH_LOAD_PERCENT} %)`, {
    cpu,
    memory,
  });
}

export function membersFact(observation: Observation): Fact {
  const active = activeMembers(observation);
  if (active === undefined) return fact('members-unknown', `members are unknown: ${whyMissing(observation.members)}`);
  const { total, memberLimit } = partitionLoad(observation);
  const assignor = knownValue(observation.assignor) ?? 'unknown';
  return fact(
    'members',
    `${active} members own partitions; at most ${memberLimit} can own any of the ${total} partitions (assignor ${assignor})`,
    { active, memberLimit, partitions: total, assignor },
  );
}

export function rebalancesFact(observation: Observation): Fact {
  const seen = knownValue(observation.rebalances);
  return seen === undefined
    ? fact('rebalances-unknown', `rebalances are unknown: ${whyMissing(observation.rebalances)}`)
    : fact('rebalances', `${seen.count} rebalances in the window (${seen.samples} polls)`, { ...seen });
}

/** Lag of abandoned topics, which no consumer will read; no fact when there is none. */
export function abandonedFacts(observation: Observation): Fact[] {
  const left = observation.partitions
    .filter((p) => p.abandoned !== undefined)
    .flatMap(({ topic, lag }) => (lag.kind === 'known' && lag.value > 0 ? [{ topic, lag: lag.value }] : []));
  const lag = left.reduce((sum, p) => sum + p.lag, 0);
  const topics = [...new Set(left.map((p) => p.topic))];
  if (topics.length === 0) return [];
  const names = topics.slice(0, 3).join(', ');
  return [
    fact('abandoned', `${lag} records of lag are in ${topics.length} topics that no member reads: ${names}`, {
      lag,
      topics: topics.length,
    }),
  ];
}

/** Whether more members could own partitions; or why that is unknown. */
export function roomFact(observation: Observation): Fact {
  const active = activeMembers(observation);
  if (active === undefined) return membersFact(observation);
  const { memberLimit } = partitionLoad(observation);
  const room = active < memberLimit;
  const text = `${active} members own partitions; at most ${memberLimit} can`;
  return fact(room ? 'room' : 'no-room', text, { active, memberLimit });
}

/** How evenly lag is spread over the partitions; or that it is unknown. */
export function evennessFact({ observation }: Evidence): Fact {
  const evenness = lagEvenness(observation);
  if (evenness === undefined)
    return fact('evenness-unknown', 'the lag of some partitions is unknown, so its distribution is too');
  const { holding, partitions, even } = evenness;
  return fact(
    even ? 'lag-even' : 'lag-uneven',
    `${holding} of ${partitions} partitions hold ${percent(EVEN_SHARE)} of the lag: ${even ? 'even' : 'uneven'}`,
    { holding, partitions, topShare: rounded(evenness.topShare) },
  );
}

function loadText(reading: ServiceStatus['cpuPercent']): string {
  return reading.kind === 'known' ? `${rounded(reading.value)} %` : `unknown (${whyMissing(reading)})`;
}
