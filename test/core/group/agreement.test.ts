/**
 * `lag watch`, the runbook's observation and `lag history` show one record: shared values are
 * equal.
 */
import { describe, expect, it } from 'vitest';
import { observeGroup } from '#core/evidence/observation.ts';
import { rememberGroup } from '#core/group/remembered.ts';
import { viewReading } from '#core/group/view-reading.ts';
import { appendReading, emptyHistory, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { clusterReadingOf, groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';

const MINUTE_MS = 60_000;
const WINDOW_MS = 5 * MINUTE_MS;

interface World {
  readonly title: string;
  /** One minute apart; the last is the newest. */
  readonly readings: readonly ClusterReading[];
}

const minutes = (count: number, at: (minute: number) => readonly Offsets[]): ClusterReading[] =>
  Array.from({ length: count }, (_, m) => clusterReadingOf(m * MINUTE_MS, [groupReadingOf({ offsets: at(m) })]));

const withoutLeader = (): ClusterReading => {
  const broken = { ...partitionOf(1, [0, 9]), logEndOffset: unknown('no leader') };
  const group = groupReadingOf({ offsets: [[9, 9]] });
  return clusterReadingOf(0, [{ ...group, partitions: [...group.partitions, broken] }]);
};

const WORLDS: readonly World[] = [
  { title: 'everything is read, at the first poll', readings: minutes(1, () => [[9, 9]]) },
  { title: 'nothing was ever committed', readings: minutes(1, () => [[null, 9]]) },
  { title: 'lag falls', readings: minutes(4, (m) => [[1_200 * m, 6_000 + 600 * m]]) },
  { title: 'lag grows', readings: minutes(11, (m) => [[600 * m, 1_200 * m]]) },
  { title: 'a partition has no leader', readings: [withoutLeader()] },
];

/** What `lag watch`, the runbook and `lag history` have of the group. */
function projections(readings: readonly ClusterReading[]) {
  const reading = readings.at(-1) as ClusterReading;
  const context = { windowMs: WINDOW_MS, isolation: 'read_uncommitted' as const };
  const before = readings.slice(0, -1).reduce((past, each) => appendReading(past, each, 60), emptyHistory);
  const history = appendReading(before, reading, 60);
  const isolationOf = () => context.isolation;
  const [watched] = viewReading(reading, { ...context, polls: pollsByGroup(history), isolationOf });
  const thresholds = { lag: 100 };
  const observation = observeGroup(reading, {
    ...context,
    ...{ groupId: 'billing', thresholds, history: before, historyProblems: [] },
  });
  const remembered = rememberGroup(history, 'billing', { ...context, isChosen: () => true })?.view;
  if (watched === undefined || remembered === undefined) throw new Error('the group was not found');
  return { watched, observation, remembered };
}

describe('the projections of a group agree', () => {
  it.each(WORLDS)('when $title', ({ readings }) => {
    const { watched, observation, remembered } = projections(readings);
    const { timeToDrain, timeToDataLoss, status, ageMs, rates, rebalances } = observation;

    expect({ ...watched.past, status: watched.status, ageMs: watched.ageMs }).toEqual({
      ...{ timeToDrain, timeToDataLoss, rates, rebalances, ageMs },
      status: known(status),
    });
    expect(remembered.past.timeToDrain).toEqual(watched.past.timeToDrain);
    expect(remembered.lagAtLeast).toEqual(watched.lagAtLeast);
    expect(remembered.status).toEqual(watched.status);
  });

  it('a group that has read everything needs no time to drain and loses nothing, without any history', () => {
    const { watched, observation } = projections(minutes(1, () => [[9, 9]]));

    expect(watched.past).toMatchObject({ timeToDrain: absent, timeToDataLoss: absent });
    expect(observation).toMatchObject({ timeToDrain: absent, timeToDataLoss: absent });
  });
});
