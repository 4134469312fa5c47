import { describe, expect, it } from 'vitest';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { type ConfigMemory, configIn, readTopicConfigs, withRetention } from '#adapters/kafka/read/topic-configs.ts';
import type { TopicFacts } from '#core/kafka/model.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { type Sent, scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const MINUTE_MS = 60_000;
const DENIED = 29;
const BROKERS = [{ host: 'b1', port: 9092 }];

interface Resource {
  readonly resourceName: string;
  readonly configurationKeys: readonly string[];
}
const sent = ({ args }: Sent) => (args[0] as Resource[]).map(({ resourceName }) => resourceName);

const WEEK = [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: '604800000' },
  { name: 'retention.bytes', value: '-1' },
];

/** Brokers that return a week for every topic without an error code. */
function brokers(errors: Readonly<Record<string, number>> = {}, fails?: () => Outcome<unknown> | undefined) {
  return scriptedSession(
    (request) =>
      fails?.() ??
      success({
        results: sent(request).map((resourceName) => {
          const errorCode = errors[resourceName] ?? 0;
          return { resourceName, errorCode, configs: errorCode === 0 ? WEEK : [] };
        }),
      }),
  );
}

const facts = (...names: string[]) =>
  new Map<string, TopicFacts>(names.map((name) => [name, { id: `id-of-${name}`, partitions: 3 }]));
const retentionIn = (memory: ConfigMemory, topic: string) => withRetention(facts(topic), memory).get(topic)?.retention;
const WEEK_KEPT = known({ ms: 604_800_000 });

describe('configurations of topics', () => {
  it('are read in one request, by the keys that matter, and contain what retention deletes', async () => {
    const session = brokers();
    const memory: ConfigMemory = new Map();
    await readTopicConfigs(session, BROKERS, { topics: ['a', 'b'], memory, nowMs: 0 });

    expect(session.log.map(sent)).toEqual([['a', 'b']]);
    expect(session.log[0]?.args[0]).toMatchObject([
      { configurationKeys: ['cleanup.policy', 'retention.ms', 'retention.bytes', 'message.timestamp.type'] },
      {},
    ]);
    expect(withRetention(facts('a', 'not-requested'), memory)).toEqual(
      new Map([
        ['a', { id: 'id-of-a', partitions: 3, retention: WEEK_KEPT }],
        ['not-requested', { id: 'id-of-not-requested', partitions: 3 }],
      ]),
    );
  });

  it('are read again after ten minutes, and at once for a new topic', async () => {
    const session = brokers();
    const memory: ConfigMemory = new Map();
    const readAt = (minute: number, ...topics: string[]) =>
      readTopicConfigs(session, BROKERS, { topics, memory, nowMs: minute * MINUTE_MS });
    await readAt(0, 'a');
    await readAt(1, 'a', 'b');
    await readAt(10, 'a', 'b');
    await readAt(10.5, 'a', 'b');

    expect(session.log.map(sent)).toEqual([['a'], ['b'], ['a']]);
  });

  it('are forgotten when no group lagged on the topic for an hour', async () => {
    const memory: ConfigMemory = new Map();
    const readAt = (minute: number, topic: string) =>
      readTopicConfigs(brokers(), BROKERS, { topics: [topic], memory, nowMs: minute * MINUTE_MS });
    await readAt(0, 'a');
    await readAt(60, 'b');
    expect([...memory.keys()]).toEqual(['a', 'b']);
    await readAt(61, 'c');

    expect([...memory.keys()]).toEqual(['b', 'c']);
  });

  it('are read in parts when there are thousands, and each part fails by itself', async () => {
    let requests = 0;
    const session = brokers({}, () => (requests++ === 0 ? failure('connection refused', true) : undefined));
    const memory: ConfigMemory = new Map();
    const topics = Array.from({ length: 4_500 }, (_, i) => `topic-${i}`);
    await readTopicConfigs(session, BROKERS, { topics, memory, nowMs: 0 });

    expect(session.log.map((request) => sent(request).length)).toEqual([2_000, 2_000, 500]);
    expect(retentionIn(memory, 'topic-1999')).toEqual(unknown('connection refused'));
    expect(retentionIn(memory, 'topic-2000')).toEqual(WEEK_KEPT);
  });

  it('are unknown without the permission, with that reason, and not requested in each reading', async () => {
    const session = brokers({ a: DENIED });
    const memory: ConfigMemory = new Map();
    const readAt = (minute: number) =>
      readTopicConfigs(session, BROKERS, { topics: ['a', 'b'], memory, nowMs: minute * MINUTE_MS });
    await readAt(0);
    await readAt(1);

    expect(session.log).toHaveLength(1);
    expect(retentionIn(memory, 'b')).toEqual(WEEK_KEPT);
    expect(configIn(memory, 'a')).toBeUndefined();
    expect(retentionIn(memory, 'a')).toEqual(
      unknown(
        'we may not describe the configuration of its topic; allow DescribeConfigs on it (IAM: kafka-cluster:DescribeTopicDynamicConfiguration)',
      ),
    );
  });

  it('stay as they were while a broker fails, and the next reading requests them again', async () => {
    let isDown = false;
    const session = brokers({}, () => (isDown ? failure('connection refused', true) : undefined));
    const memory: ConfigMemory = new Map();
    const readAt = (minute: number, ...topics: string[]) =>
      readTopicConfigs(session, BROKERS, { topics, memory, nowMs: minute * MINUTE_MS });
    await readAt(0, 'a');
    isDown = true;
    await readAt(20, 'a', 'b');
    expect(retentionIn(memory, 'a')).toEqual(WEEK_KEPT);
    expect(retentionIn(memory, 'b')).toEqual(unknown('connection refused'));
    isDown = false;
    await readAt(21, 'a', 'b');

    expect(session.log.map(sent)).toEqual([['a'], ['a', 'b'], ['a', 'b']]);
    expect(retentionIn(memory, 'b')).toEqual(WEEK_KEPT);
  });

  it('are requested again for a topic that the broker does not know yet, and unknown where it returns none', async () => {
    const UNKNOWN_TOPIC = 3;
    const memory: ConfigMemory = new Map();
    const session = brokers({ made: UNKNOWN_TOPIC });
    await readTopicConfigs(session, BROKERS, { topics: ['made'], memory, nowMs: 0 });
    expect(retentionIn(memory, 'made')).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^UNKNOWN_TOPIC/),
    });
    await readTopicConfigs(brokers(), BROKERS, { topics: ['made'], memory, nowMs: 1 });
    expect(retentionIn(memory, 'made')).toEqual(WEEK_KEPT);

    const silent = scriptedSession(() => success({ results: [] }));
    await readTopicConfigs(silent, BROKERS, { topics: ['left-out'], memory, nowMs: 2 });
    expect(retentionIn(memory, 'left-out')).toEqual(unknown('the broker did not return cleanup.policy for its topic'));
  });
});
