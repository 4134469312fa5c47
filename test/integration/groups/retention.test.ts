/**
 * What retention deletes, as real brokers report it: by the configuration of topics, and what users
 * without the right to see it get.
 */
import { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BatchReaderOptions, createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { createKafkajsReader } from '#adapters/kafkajs/kafkajs-reader.ts';
import { viewReading } from '#core/group/view-reading.ts';
import { appendReading, emptyHistory, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { clusterCoverage, measureLag } from '#core/lag/lag.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { allowDescribe } from '#test/support/kafka/acls.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { commit, createPlaced, produce, withAdmin } from '#test/support/kafka/offsets.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
const AGES = { rounds: 17, precisePartitions: 200 };
/** Topics by their settings, with the retention that a reading must have. */
const TOPICS: Readonly<Record<string, { configs: Record<string, string>; retention: Reading<unknown> }>> = {
  'as the broker says': { configs: {}, retention: known({ ms: WEEK_MS }) },
  hour: { configs: { 'retention.ms': String(HOUR_MS) }, retention: known({ ms: HOUR_MS }) },
  'for ever': { configs: { 'retention.ms': '-1' }, retention: absent },
  compacted: { configs: { 'cleanup.policy': 'compact', 'retention.ms': '1000' }, retention: absent },
  both: {
    configs: { 'cleanup.policy': 'compact,delete', 'retention.bytes': '5000' },
    retention: known({ ms: WEEK_MS, bytes: 5_000 }),
  },
};
const nameOf = (topic: string) => topic.replaceAll(' ', '-');

const readers: OffsetsReader[] = [];
afterAll(() => Promise.all(readers.map((reader) => reader.close())));
const kept = <T extends OffsetsReader>(reader: T): T => {
  readers.push(reader);
  return reader;
};

/**
 * A group that has read the first of four records of each topic, which were written half an hour
 * ago.
 */
async function prepare(bootstrap: string): Promise<void> {
  const topics = Object.entries(TOPICS).map(([topic, { configs }]) => ({
    topic: nameOf(topic),
    brokers: [[1]],
    configs,
  }));
  await createPlaced(bootstrap, [...topics, { topic: 'read', brokers: [[1]] }]);
  const stampedMs = Date.now() - HOUR_MS / 2;
  for (const { topic } of topics) await produce(bootstrap, { topic, counts: [4], key: 'same', stampedMs });
  await commit(bootstrap, {
    late: Object.fromEntries(topics.map(({ topic }) => [topic, [1]])),
    done: { read: [0] },
    hourly: { hour: [1] },
  });
}

const retentions = ({ topics }: ClusterReading) =>
  new Map([...topics].map(([name, { retention }]) => [name, retention]));

describe.each([{ kafka: {} }, { kafka: { version: '2.8.2' } }] as const)(
  'brokers of Kafka $kafka.version',
  (launch) => {
    const kafka = useKafka(launch.kafka);
    let lateMs = 0;
    const clock = { nowMs: () => Date.now() + lateMs };
    let reader: OffsetsReader;
    beforeAll(async () => {
      const { bootstrap: bootstrapBrokers } = kafka();
      await prepare(bootstrapBrokers);
      reader = kept(createBatchReader({ bootstrapBrokers, auth: 'plaintext', timeoutMs: 20_000, clock }));
    }, 60_000);

    test('return it for every topic with unread records, with the ages and not without', async () => {
      const without = await reader.read();
      const reading = await reader.read({ ages: AGES });

      expect([...retentions(without).values()].filter((retention) => retention !== undefined)).toEqual([]);
      expect(reading.problems).toEqual([]);
      expect(retentions(reading)).toEqual(
        new Map<string, unknown>([
          ...Object.entries(TOPICS).map(([topic, { retention }]) => [nameOf(topic), retention] as const),
          ['read', undefined],
        ]),
      );
    });

    test('make known how long it is until data is lost, at the second poll', async () => {
      const first = await reader.read({ groupIds: ['hourly'], ages: AGES });
      lateMs += MINUTE_MS;
      const second = await reader.read({ groupIds: ['hourly'], ages: AGES });
      const history = [first, second].reduce((past, reading) => appendReading(past, reading, 60), emptyHistory);
      const polls = pollsByGroup(history);
      const context = { polls, windowMs: 5 * MINUTE_MS, isolationOf: () => 'read_uncommitted' as const };
      const [view] = viewReading(second, context);

      const loss = view?.past.timeToDataLoss;
      expect(loss).toEqual(known({ seconds: expect.any(Number), samples: 2, by: 'retention' }));
      const seconds = loss?.kind === 'known' ? loss.value.seconds : Number.NaN;
      // Half an hour is over, the minute by which the clock is late, and what this file took so
      // far.
      expect(seconds).toBeLessThanOrEqual(29 * 60);
      expect(seconds).toBeGreaterThan(20 * 60);
    });

    test('return a changed value some minutes after the change', async () => {
      await withAdmin(kafka().bootstrap, (admin) =>
        admin.incrementalAlterConfigs({
          resources: [
            {
              resourceType: ConfigResourceTypes.TOPIC,
              resourceName: 'hour',
              configs: [
                {
                  name: 'retention.ms',
                  configOperation: IncrementalAlterConfigOperationTypes.SET,
                  value: String(2 * HOUR_MS),
                },
              ],
            },
          ],
        }),
      );
      const soon = await reader.read({ ages: AGES });
      lateMs += 11 * MINUTE_MS;
      const later = await reader.read({ ages: AGES });

      expect(retentions(soon).get('hour')).toEqual(known({ ms: HOUR_MS }));
      expect(retentions(later).get('hour')).toEqual(known({ ms: 2 * HOUR_MS }));
    });

    test('are not asked for it by kafkajs, which says why', async () => {
      const { bootstrap: bootstrapBrokers } = kafka();
      const second = kept(createKafkajsReader({ bootstrapBrokers, auth: 'plaintext', timeoutMs: 20_000, clock }));

      expect(retentions(await second.read({ ages: AGES })).get('hour')).toEqual(
        unknown('retention is requested together with ages, which kafkajs cannot return'),
      );
    });
  },
);

describe('a user who may not describe configurations', () => {
  const kafka = useKafka({ listeners: ['scram'], acls: true, users: { watcher: 'password' } });
  beforeAll(async () => {
    const { bootstrap } = kafka();
    await prepare(bootstrap);
    const all = ['*'];
    await allowDescribe(bootstrap, {
      watcher: { cluster: true, groups: all, topics: all, transactions: all, configs: ['hour'] },
    });
  }, 60_000);

  test('gets that as the reason for each topic, and misses nothing else', async () => {
    const options: BatchReaderOptions = {
      bootstrapBrokers: kafka().bootstrapOf('scram'),
      auth: 'scram',
      credentials: async () => ({ username: 'watcher', password: 'password', ca: kafka().certificates?.ca ?? '' }),
      timeoutMs: 20_000,
      clock: { nowMs: () => Date.now() },
    };
    const reading = await kept(createBatchReader(options)).read({ ages: AGES });

    expect(retentions(reading).get('hour')).toEqual(known({ ms: HOUR_MS }));
    expect(retentions(reading).get('compacted')).toEqual(
      unknown(
        'we may not describe the configuration of its topic; allow DescribeConfigs on it (IAM: kafka-cluster:DescribeTopicDynamicConfiguration)',
      ),
    );
    expect(reading.problems).toEqual([]);
    expect(
      clusterCoverage(
        reading,
        reading.groups.map((group) => measureLag(group)),
      ),
    ).toBe(1);
    expect(reading.groups.flatMap(({ partitions }) => partitions.map(({ age }) => age.kind))).not.toContain('unknown');
  });
});
