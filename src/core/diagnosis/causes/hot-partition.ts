import { type Evenness, type Evidence, type Fact, fact, isStorm, lagEvenness } from '#core/evidence/evidence.ts';
import type { PartitionObservation } from '#core/evidence/observation.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { evennessFact, ratesFact, rebalancesFact } from './facts.ts';

/**
 * A partition is hot from this multiple of its fair share of the produce rate: 2, or 1.5 with two
 * partitions. A topic's only partition is never hot.
 */
const hotFrom = (partitions: number): number =>
  partitions === 1 ? Number.POSITIVE_INFINITY : Math.min(2, (1 + partitions) / 2);

/**
 * Uneven lag from an uneven produce rate. More consumers cannot help: a partition has one consumer.
 */
export const hotPartition: Cause<'hot-partition'> = {
  id: 'hot-partition',
  title: 'one partition receives far more than its share of the records',
  response: 'escalate',
  advice: [
    'Find the hot key: read a few records of the hot partition and count their keys.',
    'Spread the key with a suffix, a finer key or a custom partitioner.',
    'Do not add consumers or partitions: all records of a key stay in one partition, which has one consumer.',
  ],
  assess(evidence) {
    const { observation } = evidence;
    const evenness = lagEvenness(observation);
    if (evenness === undefined) return undecided(evennessFact(evidence));
    if (evenness.even) return rejected(evennessFact(evidence));
    if (isStorm(observation)) return rejected(rebalancesFact(observation));
    const produce = produceShare(evidence, evenness.top);
    if (produce === undefined) {
      return undecided(fact('produce-rate-unknown', 'the produce rate of each partition is unknown'));
    }
    const facts = [ratesFact(observation), evennessFact(evidence), topFact(evenness), produce.fact];
    return produce.hot ? holds('high', ...facts) : rejected(...facts);
  },
};

function topFact({ top, topLag, topShare }: Evenness): Fact {
  const share = Math.round(topShare * 100);
  const owner = top.owner ?? 'unknown';
  return fact(
    'top-lag',
    `${top.topic}-${top.partition} holds ${topLag} records, ${share} % of the lag; its owner is ${owner}`,
    {
      topic: top.topic,
      partition: top.partition,
      lag: topLag,
      share,
      owner,
    },
  );
}

/** The produce rate of the partition with most lag, compared with a fair share of its topic's. */
function produceShare({ observation }: Evidence, top: PartitionObservation) {
  const rows = observation.partitions.filter((p) => p.topic === top.topic && p.lag.kind === 'known');
  const rates = rows.flatMap((p) => (p.produceRate === undefined ? [] : [p.produceRate]));
  const sum = rates.reduce((total, rate) => total + rate, 0);
  if (rates.length < rows.length || top.produceRate === undefined || sum === 0) return undefined;
  const times = (top.produceRate / sum) * rows.length;
  const share = Math.round((top.produceRate / sum) * 100);
  const text = `${top.topic}-${top.partition} gets ${share} % of the produce rate, ${times.toFixed(1)} times its fair share (hot from ${hotFrom(rows.length)})`;
  return {
    hot: times >= hotFrom(rows.length),
    fact: fact('produce-share', text, { share, times: Math.round(times * 10) / 10 }),
  };
}
