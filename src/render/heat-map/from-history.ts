/** The data of a heat map, from the newest poll of a history. */

import { viewSample } from '#core/group/remembered.ts';
import type { GroupThresholds } from '#core/group/thresholds.ts';
import type { GroupView } from '#core/group/view.ts';
import { assignsItself } from '#core/history/as-reading.ts';
import {
  type GroupPolls,
  groupIdsOf,
  type LagHistory,
  type NewestPartition,
  type NewestSample,
  newestOf,
  pollsByGroup,
  pollsOf,
} from '#core/history/history.ts';
import { byGroupId, byPartition, partitionKey } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { HeatMapInput, HeatMapPartition } from './input.ts';

/** A group at the newest poll, measured with its past. */
export interface MappedGroup {
  readonly sample: NewestSample;
  readonly view: GroupView;
}

/** What groups are measured against. */
export interface MapContext {
  readonly thresholdsOf: (groupId: string) => GroupThresholds;
  readonly windowMs: number;
}

const NOT_READ = 'it could not be read at the last poll';
const NO_MEMBER = 'the consumers assign partitions to themselves, so the group has no member that names them';

/** A group at the newest poll; undefined when that poll did not read it. */
export function mappedGroup(history: LagHistory, groupId: string, context: MapContext): MappedGroup | undefined {
  const sample = newestOf(history, groupId);
  return sample && measured(sample, pollsOf(history, groupId), context);
}

/** All groups at the newest poll, the worst first and those without a ratio last. */
export function mappedGroups(history: LagHistory, context: MapContext): MappedGroup[] {
  const polls = pollsByGroup(history);
  const groups = groupIdsOf(history).map((groupId) =>
    measured(newestOf(history, groupId) as NewestSample, polls.get(groupId) as GroupPolls, context),
  );
  const ratioOf = ({ view: { ratio } }: MappedGroup) => (ratio.kind === 'known' ? ratio.value.value : -1);
  return groups.sort((a, b) => ratioOf(b) - ratioOf(a) || byGroupId(a.sample, b.sample));
}

/** The parts of the data that a group has by itself. */
export function groupInput({
  sample,
  view,
}: MappedGroup): Pick<HeatMapInput, 'groupId' | 'state' | 'members' | 'partitions' | 'coverage' | 'ratio'> {
  const { totals, ratio } = view;
  return {
    groupId: sample.groupId,
    state: given(sample.state),
    members: given(sample.members),
    partitions: partitionsOf(view.partitions, sample),
    coverage: totals.coverage === undefined ? unknown('its members could not be read') : known(totals.coverage),
    ratio,
  };
}

const measured = (sample: NewestSample, polls: GroupPolls, { thresholdsOf, windowMs }: MapContext): MappedGroup => ({
  sample,
  view: viewSample(sample, polls, { windowMs, thresholds: thresholdsOf(sample.groupId) }),
});

function partitionsOf(lags: GroupView['partitions'], sample: NewestSample): HeatMapPartition[] {
  const why = assignsItself(sample) ? NO_MEMBER : NOT_READ;
  const owners = new Map(sample.partitions.map((p) => [partitionKey(p), ownerOf(p, why)]));
  return lags
    .map(({ topic, partition, lag, age }) => {
      return { topic, partition, lag, age, owner: owners.get(partitionKey({ topic, partition })) as Reading<string> };
    })
    .sort(byPartition);
}

function ownerOf({ owner, unowned }: NewestPartition, why: string): Reading<string> {
  if (owner !== undefined) return known(`${owner.clientId} at ${owner.host}`);
  return unowned === true ? absent : unknown(why);
}

const given = <T>(value: T | undefined): Reading<T> => (value === undefined ? unknown(NOT_READ) : known(value));
