/** The data of a heat map, from the newest poll of a history. */

import { type PolledGroup, pollGroup } from '#core/group/polled.ts';
import type { GroupThresholds } from '#core/group/thresholds.ts';
import { assignsItself, rememberedReading } from '#core/history/as-reading.ts';
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
  readonly polled: PolledGroup;
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
  const ratioOf = ({ polled }: MappedGroup) => polled.ratio?.value ?? -1;
  return groups.sort((a, b) => ratioOf(b) - ratioOf(a) || byGroupId(a.sample, b.sample));
}

/** The parts of the data that a group has by itself. */
export function groupInput({
  sample,
  polled,
}: MappedGroup): Pick<HeatMapInput, 'groupId' | 'state' | 'members' | 'partitions' | 'coverage' | 'ratio'> {
  const { lag, ratio } = polled;
  return {
    groupId: sample.groupId,
    state: given(sample.state),
    members: given(sample.members),
    partitions: partitionsOf(lag.partitions, sample),
    coverage: lag.coverage === undefined ? unknown('its members could not be read') : known(lag.coverage),
    ratio: ratio === undefined ? unknown('no lag is known') : known(ratio),
  };
}

function measured(sample: NewestSample, polls: GroupPolls, { thresholdsOf, windowMs }: MapContext): MappedGroup {
  const polled = pollGroup(rememberedReading(sample), {
    thresholds: thresholdsOf(sample.groupId),
    // A history has no last stable offsets, so lag counts to the log end.
    isolation: 'read_uncommitted',
    hidden: false,
    // A history has no retention settings either.
    topics: new Map(),
    polls,
    windowMs,
  });
  return { sample, polled };
}

function partitionsOf(lags: PolledGroup['lag']['partitions'], sample: NewestSample): HeatMapPartition[] {
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
