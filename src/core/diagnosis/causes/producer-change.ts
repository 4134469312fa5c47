import { fact, lagTrend, TREND_FACTOR } from '#core/evidence/evidence.ts';
import { lagRead, wholeRates } from '#core/evidence/observation.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { ratesFact, trendFact } from './facts.ts';

/** The second question: did the producer change, so that the backlog drains without help? */
export const producerChange: Cause<'producer-change'> = {
  id: 'producer-change',
  title: 'a burst of records that drains without help',
  response: 'hold',
  advice: [
    'Leave the consumers as they are, and check that lag keeps falling.',
    'If such bursts break an objective, raise the steady capacity or smooth the producer.',
  ],
  assess({ observation }) {
    const rates = wholeRates(observation);
    const lag = lagRead(observation);
    const trend = lagTrend(observation);
    if (rates === undefined || lag === undefined || trend === undefined) return undecided(trendFact(observation));
    if (trend !== 'draining') return rejected(trendFact(observation));
    const seconds = Math.round(lag / -rates.lagGrowthRate);
    const timeToDrain = fact(
      'time-to-drain',
      `the consume rate is above the produce rate; the time to drain is about ${seconds} s`,
      { seconds },
    );
    const change = rates.produceTrend;
    const fell = change !== undefined && change.earlierPerSecond > TREND_FACTOR * change.laterPerSecond;
    if (!fell) return holds('medium', ratesFact(observation), timeToDrain);
    const earlier = Math.round(change.earlierPerSecond);
    const later = Math.round(change.laterPerSecond);
    return holds(
      'high',
      ratesFact(observation),
      fact('produce-rate-fell', `the produce rate fell from ${earlier}/s to ${later}/s`, { earlier, later }),
      timeToDrain,
    );
  },
};
