/** One measurement of a group, for the comparison of before and after. */
import { knownValue } from '#core/kafka/reading.ts';
import type { Measurement } from '#core/runbook/incident.ts';
import { present } from '#core/text/json.ts';
import { lagRead, type Observation, wholeRates } from './observation.ts';

/** The numbers of an observation, without those that are incomplete. */
export function measurementOf(observation: Observation): Measurement {
  const { produceRate, consumeRate, lagGrowthRate } = wholeRates(observation) ?? {};
  const members = knownValue(observation.members)?.length;
  return {
    atMs: observation.atMs,
    ...present({ sumLag: lagRead(observation), members, produceRate, consumeRate, lagGrowthRate }),
  };
}
