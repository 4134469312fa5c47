import { type Evenness, type Evidence, type Fact, fact, isStorm, lagEvenness } from '#core/evidence/evidence.ts';
import type { PartitionObservation } from '#core/evidence/observation.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { evennessOf, ratesFact, rebalancesFact } from './facts.ts';

/**
 * A partition is hot from this many times its fair share of arrival; with two partitions, from 1.5 times. The only
 * partition of a topic always has its share.
 */
const hotFrom = (partitions: number): number =>
  partitions === 1 ? Number.POSITIVE_INFINITY : Math.min(2, (1 + partitions) / 2);

/** Uneven lag that follows uneven arrival. More consumers cannot help: a partition has one consumer. */
export const hotPartition: Cause = {
  id: 'hot-partition',
  title: 'one partition takes far more than its share of the records',
  mayScale: false,
  advice: [
    'Find the key: read a few records of the hot partition and count their keys.',
    'Spread the key (a suffix, a finer key) or write a custom partitioner for it.',
    'Do not add consumers or partitions: the records of one key stay in one partition, with one consumer.',
  ],
  assess(evidence) {
    const { observation } = evidence;
    const evenness = lagEvenness(observation);
    if (evenness === undefined) return undecided(evennessOf(evidence));
    if (evenness.even) return rejected(evennessOf(evidence));
    if (isStorm(observation)) return rejected(rebalancesFact(observation));
    const arrival = arrivalShare(evidence, evenness.top);
    if (arrival === undefined) return undecided(fact('arrival-unknown', 'arrival per partition is not known'));
    const facts = [ratesFact(observation), evennessOf(evidence), topFact(evenness), arrival.fact];
    return arrival.hot ? holds('high', ...facts) : rejected(...facts);
  },
};

function topFact({ top, topLag, topShare }: Evenness): Fact {
  const share = Math.round(topShare * 100);
  return fact(
    'top-lag',
    `${top.topic}-${top.partition} holds ${topLag} records, ${share} % of the lag; its owner is ${top.owner ?? 'not known'}`,
    {
      topic: top.topic,
      partition: top.partition,
      lag: topLag,
      share,
    },
  );
}

/** Arrival of the partition with most lag, against a fair share of its topic. */
function arrivalShare({ observation }: Evidence, top: PartitionObservation) {
  const rows = observation.partitions.filter((p) => p.topic === top.topic && p.lag.kind === 'known');
  const rates = rows.flatMap((p) => (p.produceRate === undefined ? [] : [p.produceRate]));
  const sum = rates.reduce((total, rate) => total + rate, 0);
  if (rates.length < rows.length || top.produceRate === undefined || sum === 0) return undefined;
  const times = (top.produceRate / sum) * rows.length;
  const share = Math.round((top.produceRate / sum) * 100);
  const text = `${top.topic}-${top.partition} takes ${share} % of arrival, ${times.toFixed(1)} times its fair share (hot from ${hotFrom(rows.length)})`;
  return {
    hot: times >= hotFrom(rows.length),
    fact: fact('arrival-share', text, { share, times: Math.round(times * 10) / 10 }),
  };
}
