/** Configuration of topics, where we may see it: what their timestamps and offsets can be relied on for. */
import type { Broker } from '@platformatic/kafka';
import type { Inquiry } from './inquiry.ts';
import { DESCRIBE_CONFIGS } from './requests.ts';

/** Kind of resource in the protocol. */
const TOPIC = 2;
/** What is asked of each topic. */
const KEYS = ['cleanup.policy', 'message.timestamp.type'];
/** A configuration is asked for again after this time: people change it rarely. */
const FRESH_MS = 600_000;
/** Of a topic that nobody lagged on for so long nothing is kept. */
const FORGOTTEN_MS = 6 * FRESH_MS;

export type TopicConfig = ReadonlyMap<string, string>;

/** Configurations by topic, kept from reading to reading. */
export type ConfigMemory = Map<string, { readonly config: TopicConfig; readonly readAtMs: number }>;

/**
 * Brings the memory up to date for some topics, with one request to any broker. A topic is left out that cannot be read:
 * without the right to describe configurations, that is all of them.
 */
export async function readTopicConfigs(
  inquiry: Inquiry,
  brokers: readonly Broker[],
  {
    topics,
    memory,
    nowMs,
  }: { readonly topics: readonly string[]; readonly memory: ConfigMemory; readonly nowMs: number },
): Promise<void> {
  const stale = topics.filter((topic) => (memory.get(topic)?.readAtMs ?? Number.NEGATIVE_INFINITY) < nowMs - FRESH_MS);
  if (stale.length === 0) return;
  const resources = stale.map(
    (topic) => ({ resourceType: TOPIC, resourceName: topic, configurationKeys: KEYS }) as const,
  );
  const outcome = await inquiry.askAny(brokers, DESCRIBE_CONFIGS, resources, false, false);
  for (const [topic, { readAtMs }] of memory) if (readAtMs < nowMs - FORGOTTEN_MS) memory.delete(topic);
  if (!outcome.ok) return; // what was known still is
  const answered = outcome.value.results.filter(({ errorCode }) => errorCode === 0);
  const told = new Map(answered.map(({ resourceName, configs }) => [resourceName, configs]));
  for (const topic of stale) {
    // What was refused is remembered as empty, so that it is not asked for at each reading.
    const config = new Map((told.get(topic) ?? []).map(({ name, value }) => [name, value ?? '']));
    memory.set(topic, { config, readAtMs: nowMs });
  }
}
