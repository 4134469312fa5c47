import { fact, lagTrend, TREND_FACTOR } from '#core/evidence/evidence.ts';
import { lagRead, wholeRates } from '#core/evidence/observation.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { ratesFact, trendFact } from './facts.ts';

/** The second question: did the producer change, so that the group works the backlog off by itself? */
export const producerChange: Cause = {
  id: 'producer-change',
  title: 'a burst that drains by itself',
  mayScale: false,
  advice: [
    'Nothing needs to be done for the consumers; watch that lag keeps falling.',
    'If bursts like this one break an objective, raise the steady capacity or smooth the producer.',
  ],
  assess({ observation }) {
    const [rates, lag] = [wholeRates(observation), lagRead(observation)];
    const trend = lagTrend(observation);
    if (rates === undefined || lag === undefined || trend === undefined) return undecided(trendFact(observation));
    if (trend !== 'draining') return rejected(trendFact(observation));
    const seconds = Math.round(lag / -rates.lagGrowthRate);
    const eta = fact('drain-eta', `the group reads faster than records arrive and is done in about ${seconds} s`, {
      seconds,
    });
    const change = rates.produceTrend;
    const fell = change !== undefined && change.earlierPerSecond > TREND_FACTOR * change.laterPerSecond;
    if (!fell) return holds('medium', ratesFact(observation), eta);
    const [earlier, later] = [Math.round(change.earlierPerSecond), Math.round(change.laterPerSecond)];
    return holds(
      'high',
      ratesFact(observation),
      fact('arrival-fell', `arrival fell from ${earlier}/s to ${later}/s`, { earlier, later }),
      eta,
    );
  },
};
