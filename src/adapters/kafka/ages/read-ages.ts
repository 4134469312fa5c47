/**
 * Ages of the oldest unread records: rounds of one request to each leader, for all partitions that lag.
 *
 * @see docs/ages.md
 */
import type { Broker } from '@platformatic/kafka';
import { success } from '#adapters/kafka/protocol/failures.ts';
import { PartitionMap } from '#adapters/kafka/protocol/partition-map.ts';
import { LIST_OFFSETS_TIERED } from '#adapters/kafka/protocol/requests.ts';
import { type FoundOffset, listOffsets, PLACES } from '#adapters/kafka/read/list-offsets.ts';
import { type ConfigMemory, configIn, readTopicConfigs } from '#adapters/kafka/read/topic-configs.ts';
import { splitByBroker } from '#adapters/kafka/session/by-broker.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { ageOf, nextQuestion, recordOrder, roughToleranceMs, toleranceMs } from '#core/ages/age.ts';
import { NONE, stillTrue, type TimeAnswer, type Timeline, withAnswer, worthKeeping } from '#core/ages/timeline.ts';
import { partitionKey, type RecordAge, type TopicFacts, type TopicPartition } from '#core/kafka/model.ts';
import { type Reading, unknown } from '#core/kafka/reading.ts';
import { type PartitionSearch, type SearchScope, searchesFor } from './age-searches.ts';

/** Rounds in which all partitions take part; those after them are for the oldest ones. */
const COARSE_ROUNDS = 6;
/** Answers kept for one partition until the next reading. */
const KEPT = 24;

/** What is kept from reading to reading. */
export interface AgeMemory {
  readonly configs: ConfigMemory;
  /** By `partitionKey`; of a topic that was made again, nothing is used. */
  readonly timelines: Map<string, KeptTimeline>;
}

interface KeptTimeline {
  readonly topicId: string;
  /** Of the log, when it was asked. */
  readonly end: number;
  readonly timeline: Timeline;
}

export const newAgeMemory = (): AgeMemory => ({ configs: new Map(), timelines: new Map() });

export interface AgeScope extends SearchScope {
  readonly topics: ReadonlyMap<string, TopicFacts>;
  readonly memory: AgeMemory;
}

/** The age of the first unread record of a partition, `from` that offset on. */
export type AgeOf = (partition: TopicPartition, from: number) => Reading<RecordAge>;

/** Finds out, within the budget. What is not found out is a wide bracket, or unknown with the reason. */
export async function readAges(session: RequestSession, brokers: readonly Broker[], scope: AgeScope): Promise<AgeOf> {
  const { memory, nowMs } = scope;
  const searches = searchesFor(scope);
  if (searches.length > 0) {
    const topics = [...new Set(searches.map(({ topic }) => topic))];
    await readTopicConfigs(session, brokers, { topics, memory: memory.configs, nowMs });
    for (const search of searches) recall(search, scope);
    await leaveTieredAlone(session, searches);
    await askInTwoPhases(session, searches, scope);
  }
  remember(searches, scope);
  const byPartition = new PartitionMap<PartitionSearch>();
  for (const search of searches) byPartition.set(search, search);
  return (partition, from) => ageIn(byPartition.get(partition), from, nowMs);
}

/** All partitions roughly, then the oldest ones closely; where there are no others, closely from the beginning. */
async function askInTwoPhases(
  session: RequestSession,
  searches: readonly PartitionSearch[],
  { budget: { rounds, precisePartitions }, nowMs }: AgeScope,
): Promise<void> {
  const coarse = searches.length > precisePartitions ? Math.min(COARSE_ROUNDS, rounds) : 0;
  await askRounds(session, searches, { nowMs, from: 0, to: coarse, tolerance: roughToleranceMs });
  const aged = searches.map((search) => ({ search, ageMs: oldestMs(search, nowMs) }));
  const oldest = aged.sort((a, b) => b.ageMs - a.ageMs).slice(0, precisePartitions);
  const precise = oldest.map(({ search }) => search);
  await askRounds(session, precise, { nowMs, from: coarse, to: rounds, tolerance: toleranceMs });
}

function recall(search: PartitionSearch, { memory, topics }: AgeScope): void {
  search.order = recordOrder(configIn(memory.configs, search.topic) ?? new Map());
  const kept = memory.timelines.get(partitionKey(search));
  // A log that ends earlier was truncated: what is known of it may be of records that are gone.
  if (kept === undefined || kept.topicId !== topics.get(search.topic)?.id || search.end < kept.end) return;
  search.timeline = stillTrue(kept.timeline, kept.end, search.offsets.at(-1) ?? 0);
}

function remember(searches: readonly PartitionSearch[], { memory, topics }: AgeScope): void {
  memory.timelines.clear();
  for (const search of searches) {
    const { topic, timeline, offsets, end } = search;
    const topicId = topics.get(topic)?.id;
    // Compaction may take the record that an answer names.
    if (topicId === undefined || search.order.mayHaveGaps) continue;
    memory.timelines.set(partitionKey(search), { topicId, end, timeline: worthKeeping(timeline, offsets, KEPT) });
  }
}

/** To look into tiered storage costs its owner money and time: offsets that are nowhere else are left alone. */
async function leaveTieredAlone(session: RequestSession, searches: readonly PartitionSearch[]): Promise<void> {
  const { parts } = splitByBroker(searches, (search) => success(search.leader));
  await Promise.all(
    parts.map(async ({ broker, items }) => {
      const questions = items.map(({ topic, partition }) => ({ topic, partition, timestamp: PLACES.localStart }));
      const outcome = await listOffsets(session, broker, questions, { request: LIST_OFFSETS_TIERED });
      if (!outcome.ok) return; // a broker that does not know the question has no tiered storage; another failure shows below
      for (const search of items) {
        const found = outcome.value(search);
        if (found.ok && found.value.offset >= 0n) search.localStart = Number(found.value.offset);
      }
    }),
  );
}

interface Rounds {
  readonly nowMs: number;
  /** Numbers of the rounds: from this one on, */
  readonly from: number;
  /** and before this one. */
  readonly to: number;
  readonly tolerance: (ageMs: number) => number;
}

async function askRounds(session: RequestSession, searches: readonly PartitionSearch[], rounds: Rounds): Promise<void> {
  const { parts } = splitByBroker(searches, (search) => success(search.leader));
  await Promise.all(parts.map(({ broker, items }) => askLeader(session, broker, { ...rounds, searches: items })));
}

async function askLeader(
  session: RequestSession,
  leader: Broker,
  { searches, from, to, ...search }: Rounds & { readonly searches: readonly PartitionSearch[] },
): Promise<void> {
  for (let round = from; round < to; round++) {
    const asked = searches.flatMap((item) => {
      const question = questionFor(item, search, round);
      return question === undefined ? [] : [{ item, question }];
    });
    if (asked.length === 0) return;
    const questions = asked.map(({ item, question }) => ({
      topic: item.topic,
      partition: item.partition,
      timestamp: BigInt(question),
    }));
    const outcome = await listOffsets(session, leader, questions);
    for (const { item, question } of asked) {
      const found = outcome.ok ? outcome.value(item) : outcome;
      if (found.ok) item.timeline = withAnswer(item.timeline, answerOf(question, found.value));
      else item.stopped = found.reason;
    }
  }
}

function questionFor(
  item: PartitionSearch,
  { nowMs, tolerance }: Pick<Rounds, 'nowMs' | 'tolerance'>,
  round: number,
): number | undefined {
  if (item.stopped !== undefined) return undefined;
  const first = item.firstQuestions.shift();
  if (first !== undefined) return Math.max(0, first);
  const { localStart = 0 } = item;
  const offsets = localStart === 0 ? item.offsets : item.offsets.filter((offset) => offset >= localStart);
  return nextQuestion(item.timeline, offsets, { nowMs, tolerance, order: item.order }, round);
}

const answerOf = (askedMs: number, { offset, timestamp }: FoundOffset): TimeAnswer =>
  offset < 0n
    ? { askedMs, offset: NONE, timestampMs: NONE }
    : { askedMs, offset: Number(offset), timestampMs: Number(timestamp) };

/** Age by the first offset of a search; the sort key of what is worth more rounds. */
function oldestMs({ timeline, offsets, order }: PartitionSearch, nowMs: number): number {
  const age = ageOf(timeline, offsets[0] ?? 0, { nowMs, order });
  return age.kind === 'known' ? age.value.atLeastMs : 0;
}

const NOT_TOLD = unknown('the leader of the partition is not known');
const TIERED = unknown('it is in tiered storage only, which is not searched');

function ageIn(search: PartitionSearch | undefined, from: number, nowMs: number): Reading<RecordAge> {
  if (search === undefined) return NOT_TOLD;
  if (from < (search.localStart ?? 0)) return TIERED;
  if (search.stopped !== undefined && search.timeline.answers.length === 0) return unknown(search.stopped);
  return ageOf(search.timeline, from, { nowMs, order: search.order });
}
