/** Configuration of topics, where we may see it: what their timestamps and offsets can be relied on for, and what retention deletes. */
import type { Broker } from '@platformatic/kafka';
import { mapBounded } from '#adapters/kafka/connection/bounded.ts';
import { type Failure, failureOfCode, isCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_CONFIGS } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import type { TopicFacts } from '#core/kafka/model.ts';
import { unknown } from '#core/kafka/reading.ts';
import { RETENTION_KEYS, retentionIn } from '#core/kafka/retention.ts';

/** Kind of resource in the protocol. */
const TOPIC = 2;
/** What is asked of each topic. */
const KEYS = [...RETENTION_KEYS, 'message.timestamp.type'];
/** Topics of one request: their answers take half a megabyte. */
const TOPICS_AT_ONCE = 2_000;
/** A configuration is asked for again after this time: people change it rarely. */
const FRESH_MS = 600_000;
/** Of a topic that nobody lagged on for so long nothing is kept. */
const FORGOTTEN_MS = 6 * FRESH_MS;

export type TopicConfig = ReadonlyMap<string, string>;

/** Configurations by topic, or why one is not known, kept from reading to reading. */
export type ConfigMemory = Map<string, { readonly config: Outcome<TopicConfig>; readonly readAtMs: number }>;

/**
 * Brings the memory up to date for some topics, with one request to any broker for every 2,000 of them. What is refused for lack of a
 * right is kept as long as what is told; what failed otherwise is asked for again at the next reading, and until then is as it was.
 */
export async function readTopicConfigs(
  session: RequestSession,
  brokers: readonly Broker[],
  {
    topics,
    memory,
    nowMs,
  }: { readonly topics: readonly string[]; readonly memory: ConfigMemory; readonly nowMs: number },
): Promise<void> {
  const stale = topics.filter((topic) => (memory.get(topic)?.readAtMs ?? Number.NEGATIVE_INFINITY) < nowMs - FRESH_MS);
  if (stale.length === 0) return;
  const parts = Array.from({ length: Math.ceil(stale.length / TOPICS_AT_ONCE) }, (_, part) =>
    stale.slice(part * TOPICS_AT_ONCE, (part + 1) * TOPICS_AT_ONCE),
  );
  const answers = await mapBounded(parts, (part) => askFor(session, brokers, part));
  for (const [topic, { readAtMs }] of memory) if (readAtMs < nowMs - FORGOTTEN_MS) memory.delete(topic);
  for (const [topic, config] of answers.flat()) {
    if (config.ok || config.denied) memory.set(topic, { config, readAtMs: nowMs });
    else if (!memory.has(topic)) memory.set(topic, { config, readAtMs: Number.NEGATIVE_INFINITY });
  }
}

/** The configuration of a topic; undefined where it is not known. */
export function configIn(memory: ConfigMemory, topic: string): TopicConfig | undefined {
  const config = memory.get(topic)?.config;
  return config?.ok ? config.value : undefined;
}

/** Topics with their retention, as far as it was asked for. */
export const withRetention = (
  topics: ReadonlyMap<string, TopicFacts>,
  memory: ConfigMemory,
): ReadonlyMap<string, TopicFacts> =>
  new Map([...topics].map(([topic, facts]) => [topic, { ...facts, ...retentionOf(memory.get(topic)?.config) }]));

function retentionOf(config: Outcome<TopicConfig> | undefined): Pick<TopicFacts, 'retention'> {
  if (config === undefined) return {};
  return { retention: config.ok ? retentionIn(config.value) : unknown(config.reason) };
}

/** Asks any broker for what matters of some topics. A topic that it refuses has an error code in the answer. */
export const describeConfigs = (session: RequestSession, brokers: readonly Broker[], topics: readonly string[]) =>
  session.askAny(
    brokers,
    DESCRIBE_CONFIGS,
    topics.map((topic) => ({ resourceType: TOPIC, resourceName: topic, configurationKeys: KEYS }) as const),
    false,
    false,
  );

/** One entry for each topic. */
async function askFor(
  session: RequestSession,
  brokers: readonly Broker[],
  topics: readonly string[],
): Promise<readonly (readonly [topic: string, config: Outcome<TopicConfig>])[]> {
  const outcome = await describeConfigs(session, brokers, topics);
  if (!outcome.ok) return topics.map((topic) => [topic, outcome]);
  const told = new Map(outcome.value.results.map((result) => [result.resourceName, result]));
  return topics.map((topic) => {
    const { errorCode, configs } = told.get(topic) ?? NOT_TOLD;
    const failed = configFailure(errorCode);
    return [topic, failed ?? success(new Map(configs.map(({ name, value }) => [name, value ?? ''])))];
  });
}

/** A broker answers for each topic that it is asked for; one that did not has told nothing of it. */
const NOT_TOLD = { errorCode: 0, configs: [] } as const;

/** Another right than that to describe the topic, and one that a reading can do without. */
function configFailure(code: number): Failure | undefined {
  const failed = failureOfCode(code);
  if (failed === undefined || !isCode(code, 'TOPIC_AUTHORIZATION_FAILED')) return failed;
  return { ...failed, reason: CONFIGS_DENIED };
}

/** What it takes to see retention. */
const CONFIGS_DENIED =
  'we may not describe the configuration of its topic; allow DescribeConfigs on it (IAM: kafka-cluster:DescribeTopicDynamicConfiguration)';
