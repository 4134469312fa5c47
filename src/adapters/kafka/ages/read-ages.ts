/**
 * Ages of the oldest unread records: rounds of one request to each leader, for all partitions that
 * lag.
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

/** Rounds for all partitions. Later rounds are for those with the oldest unread records. */
const COARSE_ROUNDS = 6;
/** Answers kept for one partition until the next reading. */
const KEPT = 24;

/** What readings share. */
export interface AgeMemory {
  readonly configs: ConfigMemory;
  /** By `partitionKey`. The timelines of a recreated topic are not used. */
  readonly timelines: Map<string, KeptTimeline>;
}

interface KeptTimeline {
  readonly topicId: string;
  /** End of the log at that reading. */
  readonly end: number;
  readonly timeline: Timeline;
}

export const newAgeMemory = (): AgeMemory => ({ configs: new Map(), timelines: new Map() });

export interface AgeScope extends SearchScope {
  readonly topics: ReadonlyMap<string, TopicFacts>;
  readonly memory: AgeMemory;
}

/** The age of the first record of a partition at or after the offset `from`. */
export type AgeOf = (partition: TopicPartition, from: number) => Reading<RecordAge>;

/** Searches within the budget. Beyond it, an age is a wide bracket, or unknown with the reason. */
export async function readAges(session: RequestSession, brokers: readonly Broker[], scope: AgeScope): Promise<AgeOf> {
  const { memory, nowMs } = scope;
  const searches = searchesFor(scope);
  if (searches.length > 0) {
    const topics = [...new Set(searches.map(({ topic }) => topic))];
    await readTopicConfigs(session, brokers, { topics, memory: memory.configs, nowMs });
    for (const search of searches) recall(search, scope);
    await skipTiered(session, searches);
    await searchInTwoPhases(session, searches, scope);
  }
  remember(searches, scope);
  const byPartition = new PartitionMap<PartitionSearch>();
  for (const search of searches) byPartition.set(search, search);
  return (partition, from) => ageIn(byPartition.get(partition), from, nowMs);
}

/**
 * Searches all partitions roughly, then the oldest closely. With few partitions it searches closely
 * at once.
 */
async function searchInTwoPhases(
  session: RequestSession,
  searches: readonly PartitionSearch[],
  { budget: { rounds, precisePartitions }, nowMs }: AgeScope,
): Promise<void> {
  const coarse = searches.length > precisePartitions ? Math.min(COARSE_ROUNDS, rounds) : 0;
  await searchRounds(session, searches, { nowMs, from: 0, to: coarse, tolerance: roughToleranceMs });
  const aged = searches.map((search) => ({ search, ageMs: oldestMs(search, nowMs) }));
  const oldest = aged.sort((a, b) => b.ageMs - a.ageMs).slice(0, precisePartitions);
  const precise = oldest.map(({ search }) => search);
  await searchRounds(session, precise, { nowMs, from: coarse, to: rounds, tolerance: toleranceMs });
}

function recall(search: PartitionSearch, { memory, topics }: AgeScope): void {
  search.order = recordOrder(configIn(memory.configs, search.topic) ?? new Map());
  const kept = memory.timelines.get(partitionKey(search));
  // A log that ends earlier was truncated: the timeline may contain records that are gone.
  if (kept === undefined || kept.topicId !== topics.get(search.topic)?.id || search.end < kept.end) return;
  search.timeline = stillTrue(kept.timeline, kept.end, search.offsets.at(-1) ?? 0);
}

function remember(searches: readonly PartitionSearch[], { memory, topics }: AgeScope): void {
  memory.timelines.clear();
  for (const search of searches) {
    const { topic, timeline, offsets, end } = search;
    const topicId = topics.get(topic)?.id;
    // Compaction may delete the record of an answer.
    if (topicId === undefined || search.order.mayHaveGaps) continue;
    memory.timelines.set(partitionKey(search), { topicId, end, timeline: worthKeeping(timeline, offsets, KEPT) });
  }
}

/**
 * Excludes offsets that only tiered storage has: searching there costs the operator money and time.
 */
async function skipTiered(session: RequestSession, searches: readonly PartitionSearch[]): Promise<void> {
  const { parts } = splitByBroker(searches, (search) => success(search.leader));
  await Promise.all(
    parts.map(async ({ broker, items }) => {
      const queries = items.map(({ topic, partition }) => ({ topic, partition, timestamp: PLACES.localStart }));
      const outcome = await listOffsets(session, broker, queries, { request: LIST_OFFSETS_TIERED });
      if (!outcome.ok) return; // an old broker has no tiered storage; another failure shows in the search
      for (const search of items) {
        const found = outcome.value(search);
        if (found.ok && found.value.offset >= 0n) search.localStart = Number(found.value.offset);
      }
    }),
  );
}

interface Rounds {
  readonly nowMs: number;
  /** Number of the first round. */
  readonly from: number;
  /** Number of the round after the last. */
  readonly to: number;
  readonly tolerance: (ageMs: number) => number;
}

async function searchRounds(
  session: RequestSession,
  searches: readonly PartitionSearch[],
  rounds: Rounds,
): Promise<void> {
  const { parts } = splitByBroker(searches, (search) => success(search.leader));
  await Promise.all(parts.map(({ broker, items }) => searchAtLeader(session, broker, { ...rounds, searches: items })));
}

async function searchAtLeader(
  session: RequestSession,
  leader: Broker,
  { searches, from, to, ...search }: Rounds & { readonly searches: readonly PartitionSearch[] },
): Promise<void> {
  for (let round = from; round < to; round++) {
    const sent = searches.flatMap((item) => {
      const question = questionFor(item, search, round);
      return question === undefined ? [] : [{ item, question }];
    });
    if (sent.length === 0) return;
    const queries = sent.map(({ item, question }) => ({
      topic: item.topic,
      partition: item.partition,
      timestamp: BigInt(question),
    }));
    const outcome = await listOffsets(session, leader, queries);
    for (const { item, question } of sent) {
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

/** Least age by the first offset of a search: the oldest get more rounds. */
function oldestMs({ timeline, offsets, order }: PartitionSearch, nowMs: number): number {
  const age = ageOf(timeline, offsets[0] ?? 0, { nowMs, order });
  return age.kind === 'known' ? age.value.atLeastMs : 0;
}

const NO_LEADER = unknown('the leader of the partition is not known');
const TIERED = unknown('the record is in tiered storage only, which is not searched');

function ageIn(search: PartitionSearch | undefined, from: number, nowMs: number): Reading<RecordAge> {
  if (search === undefined) return NO_LEADER;
  if (from < (search.localStart ?? 0)) return TIERED;
  if (search.stopped !== undefined && search.timeline.answers.length === 0) return unknown(search.stopped);
  return ageOf(search.timeline, from, { nowMs, order: search.order });
}
