/** A group as a history alone tells it, without a look at the brokers: as of the newest poll that read it. */
import { type GroupSummary, summariseGroup } from './group-summary.ts';
import {
  type LagHistory,
  type NewestPartition,
  newestOf,
  type PartitionSample,
  samplesOf,
  type TimedSample,
} from './history.ts';
import {
  absent,
  type GroupReading,
  known,
  type Member,
  type PartitionReading,
  type Reading,
  type TopicPartition,
  unknown,
} from './kafka.ts';
import { type LagSeries, lagSeries } from './lag-series.ts';
import { countRebalances, type Rebalances } from './rates.ts';

export interface RememberedGroup {
  /**
   * At the newest poll that read the group. A history keeps no open transactions, so lag counts to the log end; it keeps neither the
   * group's kind, nor coverage, nor ages of any poll but the newest, which are unknown then.
   */
  readonly summary: GroupSummary;
  /** When that poll was, epoch ms. */
  readonly atMs: number;
  readonly series: LagSeries;
  /** Over all polls that read it. */
  readonly rebalances: Rebalances;
}

export interface RememberContext {
  /** What counts as a while, ms. */
  readonly windowMs: number;
  /** Which partitions all of it is of. */
  readonly isChosen: (partition: TopicPartition) => boolean;
}

/** Undefined when no poll of the history read the group, or none of the partitions is of it. */
export function rememberGroup(
  history: LagHistory,
  groupId: string,
  { windowMs, isChosen }: RememberContext,
): RememberedGroup | undefined {
  const whole = samplesOf(history, groupId);
  const newest = newestOf(history, groupId) ?? whole.at(-1);
  const samples = whole.map((sample) => ({ ...sample, partitions: sample.partitions.filter(isChosen) }));
  if (newest === undefined || samples.every(({ partitions }) => partitions.length === 0)) return undefined;
  const { atMs } = newest;
  const group = { ...readingOf(newest), partitions: newest.partitions.filter(isChosen).map(partitionOf) };
  const byGroup = new Map([[groupId, samples]]);
  const context = { samples: byGroup, isolationOf: () => 'read_uncommitted' as const, windowMs };
  const untold = unknown('a history does not keep it');
  return {
    summary: {
      ...summariseGroup(group, { atMs, hidden: false }, context),
      kind: untold,
      coverage: untold,
      state: toldOf(newest.state),
      members: toldOf(newest.members),
    },
    atMs,
    series: lagSeries(history, groupId, isChosen),
    rebalances: countRebalances(samples, Number.NEGATIVE_INFINITY),
  };
}

/** The sample as a reading, as far as it tells; members are those who owned something. */
const readingOf = (sample: TimedSample): Omit<GroupReading, 'partitions'> => ({
  groupId: sample.groupId,
  type: 'classic',
  kind: 'consumer',
  state: unknown('it is told beside'),
  assignor: absent,
  epoch: absent,
  members: sample.members === undefined ? unknown('it could not be read') : known(ownersIn(sample)),
});

/** One for each client and host: who they are does not matter, but what they own. */
function ownersIn({ partitions }: TimedSample): Member[] {
  const byOwner = Map.groupBy(partitions, ({ owner }) => owner && JSON.stringify([owner.clientId, owner.host]));
  return [...byOwner].flatMap(([memberId, assignment]) =>
    memberId === undefined ? [] : [{ memberId, clientId: memberId, host: memberId, assignment }],
  );
}

function partitionOf(p: PartitionSample | NewestPartition): PartitionReading {
  return {
    topic: p.topic,
    partition: p.partition,
    committedOffset: p.uncommitted === true ? absent : toldOf(p.committedOffset),
    logStartOffset: toldOf(p.logStartOffset),
    logEndOffset: toldOf(p.logEndOffset),
    lastStableOffset: unknown('a history does not keep it'),
    age: 'age' in p ? p.age : unknown('a history keeps the ages of its newest poll alone'),
  };
}

const toldOf = <T>(value: T | undefined): Reading<T> =>
  value === undefined ? unknown('it could not be read') : known(value);
