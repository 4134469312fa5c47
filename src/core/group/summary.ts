import { type GroupPolls, groupPollsOf } from '#core/history/history.ts';
import type { ClusterReading, GroupReading, OtherGroup, TopicPartition, UnreadableGroup } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { type GroupLag, hidesCommits, type IsolationLevel, lagOver } from '#core/lag/lag.ts';
import type { GroupRates } from '#core/lag/rates.ts';
import { GROUP_STATUSES, type GroupStatus, unreadableStatus } from '#core/status/status.ts';
import { measureGroup } from './measure.ts';
import { type GroupPast, nothingKnown } from './past.ts';

/** Records per second over all partitions that the group reads, and what they rest on. */
export type SummaryRates = Pick<GroupRates, 'produceRate' | 'consumeRate' | 'lagGrowthRate' | 'fromMs' | 'samples'>;

/** The partition that lags most. */
export interface WorstPartition extends TopicPartition {
  /** Records. */
  readonly lag: number;
}

type PartitionLagOf = TopicPartition & { readonly lag: Reading<number> };

/** What is known of one group at one poll. Readings that a group without commits of its own has none of are absent. */
export interface GroupSummary extends Omit<GroupPast, 'rates'> {
  readonly group: string;
  /** `consumer`, `streams`, `simple`; of a group without committed offsets, what its members say they are. */
  readonly kind: Reading<string>;
  /** Kafka's word. */
  readonly state: Reading<string>;
  /** Absent where there are no commits to judge by; of a group that could not be read it is known, and is `unknown`. */
  readonly status: Reading<GroupStatus>;
  /** Records over all partitions; unknown when that of one is, or when commits may be hidden. */
  readonly lag: Reading<number>;
  /** Records over the partitions whose lag is known; absent when none is. */
  readonly lagAtLeast: Reading<number>;
  /** Of the partitions whose lag is known. */
  readonly worst: Reading<WorstPartition>;
  /** Of the oldest unread record, ms. */
  readonly ageMs: Reading<number>;
  /** Unknown until two polls have read the group, and while a partition could not be followed. */
  readonly rates: Reading<SummaryRates>;
  /** How many there are. */
  readonly members: Reading<number>;
  /** Share of the expected partitions that was measured, 0 to 1. */
  readonly coverage: Reading<number>;
  /** Polls that are known of the group, this one included. */
  readonly polls: number;
}

export interface SummaryContext {
  /** By group id, that of the reading included: `pollsByGroup`. */
  readonly polls: Pick<ReadonlyMap<string, GroupPolls>, 'get'>;
  readonly isolationOf: (groupId: string) => IsolationLevel;
  /** What counts as a while, ms: rates are measured over it, and a status takes it. */
  readonly windowMs: number;
}

/** Every group that the reading names, the worst first. */
export function summariseReading(reading: ClusterReading, context: SummaryContext): readonly GroupSummary[] {
  const seen = { atMs: reading.atMs, hidden: hidesCommits(reading), topics: reading.topics };
  const summaries = [
    ...reading.groups.map((group) => summariseGroup(group, seen, context)),
    ...reading.unreadableGroups.map((group) => unreadable(group, reading.atMs, context)),
    ...reading.otherGroups.map(withoutCommits),
  ];
  return summaries.sort(worstFirst);
}

/** When a group was read, whether commits of it may be missing, and what is known of topics. */
interface Seen {
  readonly atMs: number;
  readonly hidden: boolean;
  readonly topics: ClusterReading['topics'];
}

/** One group of a reading. */
export function summariseGroup(
  group: GroupReading,
  { atMs, hidden, topics }: Seen,
  context: SummaryContext,
): GroupSummary {
  const { groupId, members } = group;
  const { windowMs } = context;
  const polls = context.polls.get(groupId) ?? groupPollsOf([]);
  const isolation = context.isolationOf(groupId);
  const ratesFromMs = atMs - windowMs;
  const measured = measureGroup(group, { hidden, topics, isolation, polls, windowMs, ratesFromMs });
  const { lag, past, age, judged } = measured;
  return {
    group: groupId,
    kind: known(group.kind),
    state: group.state,
    status: known(judged.group),
    lag: hidden ? unknown('commits may be missing from the reading') : lagOver(lag.partitions),
    lagAtLeast: lag.sumLag === undefined ? absent : known(lag.sumLag),
    worst: worstOf(lag.partitions),
    ageMs: age,
    ...wholePast(past),
    members: members.kind === 'known' ? known(members.value.length) : members,
    coverage: coverageOf(lag, hidden),
    polls: polls.times.length,
  };
}

/** The past with rates that are of all partitions, or unknown: a part is not the whole. */
function wholePast({ rates, ...past }: GroupPast): Pick<GroupSummary, keyof GroupPast> {
  if (rates.kind !== 'known') return { ...past, rates };
  const { produceRate, consumeRate, lagGrowthRate, fromMs, samples, leftOut } = rates.value;
  if (leftOut > 0) return { ...past, rates: unknown(`${leftOut} partitions could not be followed`) };
  return { ...past, rates: known({ produceRate, consumeRate, lagGrowthRate, fromMs, samples }) };
}

/** Unknown when no lag is known and one is unknown; absent when there is none. */
function worstOf(partitions: readonly PartitionLagOf[]): Reading<WorstPartition> {
  let worst: WorstPartition | undefined;
  for (const { topic, partition, lag } of partitions) {
    if (lag.kind === 'known' && lag.value > (worst?.lag ?? -1)) worst = { topic, partition, lag: lag.value };
  }
  if (worst !== undefined) return known(worst);
  const missing = partitions.map(({ lag }) => lag).find(({ kind }) => kind === 'unknown');
  return missing?.kind === 'unknown' ? missing : absent;
}

const coverageOf = ({ coverage }: GroupLag, hidden: boolean): Reading<number> =>
  coverage === undefined
    ? unknown(hidden ? 'commits may be missing from the reading' : 'its members are unknown')
    : known(coverage);

function unreadable({ groupId, reason }: UnreadableGroup, atMs: number, { polls }: SummaryContext): GroupSummary {
  const nothing = unknown(reason);
  return {
    group: groupId,
    kind: nothing,
    state: nothing,
    status: known(unreadableStatus(atMs)),
    lag: nothing,
    lagAtLeast: nothing,
    worst: nothing,
    ageMs: nothing,
    ...nothingKnown(reason),
    rates: nothing,
    members: nothing,
    coverage: nothing,
    polls: polls.get(groupId)?.times.length ?? 0,
  };
}

const withoutCommits = ({ groupId, protocol, state, lag }: OtherGroup): GroupSummary => ({
  group: groupId,
  kind: known(protocol),
  state,
  status: absent,
  lag,
  lagAtLeast: lag,
  worst: absent,
  ageMs: absent,
  rates: absent,
  rebalances: absent,
  timeToDrain: absent,
  timeToDataLoss: absent,
  members: absent,
  coverage: absent,
  polls: 0,
});

/** Worst status, then oldest record, then most lag; an unknown age may be any, so it comes before those that are known. */
function worstFirst(a: GroupSummary, b: GroupSummary): number {
  const byStatus = statusRank(a) - statusRank(b);
  if (byStatus !== 0) return byStatus;
  const [older, more] = [compare(b.ageMs, a.ageMs), compare(b.lagAtLeast, a.lagAtLeast)];
  return older || more || (a.group < b.group ? -1 : 1);
}

const statusRank = ({ status }: GroupSummary): number =>
  status.kind === 'known' ? GROUP_STATUSES.indexOf(status.value.kind) : GROUP_STATUSES.length;

/** Not a difference: infinite ones have none. */
function compare(a: Reading<number>, b: Reading<number>): number {
  const [x, y] = [rank(a), rank(b)];
  return x === y ? 0 : x - y;
}

function rank(reading: Reading<number>): number {
  if (reading.kind === 'known') return reading.value;
  return reading.kind === 'unknown' ? Number.POSITIVE_INFINITY : -1;
}
