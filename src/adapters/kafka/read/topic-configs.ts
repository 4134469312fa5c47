/**
 * Configuration of topics: what retention deletes, and how far timestamps and offsets can be relied
 * on.
 */
import type { Broker } from '@platformatic/kafka';
import { mapBounded } from '#adapters/kafka/connection/bounded.ts';
import {
  failureOfCode,
  isCode,
  type Outcome,
  type RequestFailure,
  success,
} from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_CONFIGS } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import type { TopicFacts } from '#core/kafka/model.ts';
import { unknown } from '#core/kafka/reading.ts';
import { RETENTION_KEYS, retentionIn } from '#core/kafka/retention.ts';

/** Kind of resource. */
const TOPIC = 2;
/** Keys that are requested. */
const KEYS = [...RETENTION_KEYS, 'message.timestamp.type'];
/** Topics in one request. Its answer takes half a megabyte. */
const TOPICS_AT_ONCE = 2_000;
/** A configuration is requested again after this time: people change it rarely. */
const FRESH_MS = 600_000;
/** A configuration is dropped when no group has lagged on its topic for this time. */
const FORGOTTEN_MS = 6 * FRESH_MS;

export type TopicConfig = ReadonlyMap<string, string>;

/** Configurations by topic, or why one is unknown. Readings share it. */
export type ConfigMemory = Map<string, { readonly config: Outcome<TopicConfig>; readonly readAtMs: number }>;

/**
 * Updates the memory for some topics, with one request to any broker for every 2,000 of them. A
 * denial is kept like an answer. After another failure the memory keeps what it has, and the next
 * reading requests it again.
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
  const answers = await mapBounded(parts, (part) => fetchConfigs(session, brokers, part));
  for (const [topic, { readAtMs }] of memory) if (readAtMs < nowMs - FORGOTTEN_MS) memory.delete(topic);
  for (const [topic, config] of answers.flat()) {
    if (config.ok || config.denied) memory.set(topic, { config, readAtMs: nowMs });
    else if (!memory.has(topic)) memory.set(topic, { config, readAtMs: Number.NEGATIVE_INFINITY });
  }
}

/** The configuration of a topic; undefined where it is unknown. */
export function configIn(memory: ConfigMemory, topic: string): TopicConfig | undefined {
  const config = memory.get(topic)?.config;
  return config?.ok ? config.value : undefined;
}

/** Topics with their retention, where it was requested. */
export const withRetention = (
  topics: ReadonlyMap<string, TopicFacts>,
  memory: ConfigMemory,
): ReadonlyMap<string, TopicFacts> =>
  new Map([...topics].map(([topic, facts]) => [topic, { ...facts, ...retentionOf(memory.get(topic)?.config) }]));

function retentionOf(config: Outcome<TopicConfig> | undefined): Pick<TopicFacts, 'retention'> {
  if (config === undefined) return {};
  return { retention: config.ok ? retentionIn(config.value) : unknown(config.reason) };
}

/**
 * Requests the keys of some topics from any broker. A denied topic has an error code in the answer.
 */
export const describeConfigs = (session: RequestSession, brokers: readonly Broker[], topics: readonly string[]) =>
  session.sendToAny(
    brokers,
    DESCRIBE_CONFIGS,
    topics.map((topic) => ({ resourceType: TOPIC, resourceName: topic, configurationKeys: KEYS }) as const),
    false,
    false,
  );

/** One entry for each topic. */
async function fetchConfigs(
  session: RequestSession,
  brokers: readonly Broker[],
  topics: readonly string[],
): Promise<readonly (readonly [topic: string, config: Outcome<TopicConfig>])[]> {
  const outcome = await describeConfigs(session, brokers, topics);
  if (!outcome.ok) return topics.map((topic) => [topic, outcome]);
  const results = new Map(outcome.value.results.map((result) => [result.resourceName, result]));
  return topics.map((topic) => {
    const { errorCode, configs } = results.get(topic) ?? MISSING;
    const failed = configFailure(errorCode);
    return [topic, failed ?? success(new Map(configs.map(({ name, value }) => [name, value ?? ''])))];
  });
}

/**
 * A broker should answer for each topic. An answer without one counts as an empty configuration.
 */
const MISSING = { errorCode: 0, configs: [] } as const;

/** A denial here concerns DescribeConfigs, not Describe. A reading can do without it. */
function configFailure(code: number): RequestFailure | undefined {
  const failed = failureOfCode(code);
  if (failed === undefined || !isCode(code, 'TOPIC_AUTHORIZATION_FAILED')) return failed;
  return { ...failed, reason: CONFIGS_DENIED };
}

/** How to make retention visible. */
const CONFIGS_DENIED =
  'we may not describe the configuration of its topic; allow DescribeConfigs on it (IAM: kafka-cluster:DescribeTopicDynamicConfiguration)';
