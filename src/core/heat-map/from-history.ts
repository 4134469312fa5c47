/** What a heat map shows, from the newest poll of a history. */
import {
  groupIdsOf,
  type LagHistory,
  type NewestPartition,
  type NewestSample,
  newestOf,
  samplesByGroup,
  samplesOf,
  type TimedSample,
} from '../history.ts';
import {
  absent,
  byGroupId,
  byPartition,
  type GroupReading,
  known,
  type Member,
  type PartitionReading,
  partitionKey,
  type Reading,
  type TopicPartition,
  unknown,
} from '../kafka.ts';
import { type PolledGroup, pollGroup } from '../polled-group.ts';
import type { GroupThresholds } from '../thresholds.ts';
import type { HeatMapInput, HeatMapPartition } from './input.ts';

/** A group of the newest poll, and what that poll and its past make of it. */
export interface MeasuredGroup {
  readonly sample: NewestSample;
  readonly polled: PolledGroup;
}

/** By what groups are measured. */
export interface MeasureContext {
  readonly thresholdsOf: (groupId: string) => GroupThresholds;
  readonly windowMs: number;
}

const NOT_READ = 'it could not be read at the last poll';
const NOT_KEPT = 'the history does not keep it';

/** A group of the newest poll; undefined when that did not read it. */
export function measuredGroup(
  history: LagHistory,
  groupId: string,
  context: MeasureContext,
): MeasuredGroup | undefined {
  const sample = newestOf(history, groupId);
  return sample && measured(sample, samplesOf(history, groupId), context);
}

/** All groups of the newest poll by how far behind they are, the worst first; those of which nothing is known last. */
export function measuredGroups(history: LagHistory, context: MeasureContext): MeasuredGroup[] {
  const samples = samplesByGroup(history);
  const groups = groupIdsOf(history).map((groupId) =>
    measured(newestOf(history, groupId) as NewestSample, samples.get(groupId) as readonly TimedSample[], context),
  );
  const ratioOf = ({ polled }: MeasuredGroup) => polled.ratio?.value ?? -1;
  return groups.sort((a, b) => ratioOf(b) - ratioOf(a) || byGroupId(a.sample, b.sample));
}

/** What is shown of a group itself. */
export function groupInput({
  sample,
  polled,
}: MeasuredGroup): Pick<HeatMapInput, 'groupId' | 'state' | 'members' | 'partitions' | 'coverage' | 'ratio'> {
  const { lag, ratio } = polled;
  return {
    groupId: sample.groupId,
    state: given(sample.state),
    members: given(sample.members),
    partitions: partitionsOf(lag.partitions, sample.partitions),
    coverage: lag.coverage === undefined ? unknown('its members could not be read') : known(lag.coverage),
    ratio: ratio === undefined ? unknown('no lag is known') : known(ratio),
  };
}

function measured(
  sample: NewestSample,
  samples: readonly TimedSample[],
  { thresholdsOf, windowMs }: MeasureContext,
): MeasuredGroup {
  const polled = pollGroup(readingOf(sample), {
    thresholds: thresholdsOf(sample.groupId),
    // The history has no last stable offsets: lag to the log's end hides nothing.
    isolation: 'read_uncommitted',
    hidden: false,
    samples,
    windowMs,
  });
  return { sample, polled };
}

function partitionsOf(lags: PolledGroup['lag']['partitions'], samples: readonly NewestPartition[]): HeatMapPartition[] {
  const owners = new Map(samples.map((p) => [partitionKey(p), ownerOf(p)]));
  return lags
    .map(({ topic, partition, lag, age }) => {
      return { topic, partition, lag, age, owner: owners.get(partitionKey({ topic, partition })) as Reading<string> };
    })
    .sort(byPartition);
}

function ownerOf({ owner, unowned }: NewestPartition): Reading<string> {
  if (owner !== undefined) return known(`${owner.clientId} at ${owner.host}`);
  return unowned === true ? absent : unknown(NOT_READ);
}

const given = <T>(value: T | undefined): Reading<T> => (value === undefined ? unknown(NOT_READ) : known(value));

/** The group as a reading, as far as the history tells. */
function readingOf({ groupId, members, partitions }: NewestSample): GroupReading {
  return {
    groupId,
    type: 'classic',
    kind: 'consumer',
    state: unknown(NOT_KEPT),
    assignor: unknown(NOT_KEPT),
    epoch: absent,
    members: members === undefined ? unknown(NOT_READ) : known(membersOf(partitions)),
    partitions: partitions.map(partitionReading),
  };
}

/** Those that own something. Members that look the same are one, which makes no difference to what is read. */
function membersOf(partitions: readonly NewestPartition[]): Member[] {
  const members = new Map<string, { clientId: string; host: string; memberId: string; assignment: TopicPartition[] }>();
  for (const { owner, topic, partition } of partitions) {
    if (owner === undefined) continue;
    const memberId = JSON.stringify([owner.clientId, owner.host]);
    const member = members.get(memberId) ?? { ...owner, memberId, assignment: [] };
    member.assignment.push({ topic, partition });
    members.set(memberId, member);
  }
  return [...members.values()];
}

const partitionReading = (p: NewestPartition): PartitionReading => ({
  topic: p.topic,
  partition: p.partition,
  committedOffset: p.uncommitted === true ? absent : given(p.committedOffset),
  logEndOffset: given(p.logEndOffset),
  logStartOffset: given(p.logStartOffset),
  lastStableOffset: unknown(NOT_KEPT),
  age: p.age,
});
