import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { AssignerProtocol, Kafka, logLevel } from 'kafkajs';
import { afterEach, describe, expect, it } from 'vitest';
import { createTopic } from '#local/workload/create-topic.ts';
import { LocalService } from '#local/workload/local-service.ts';
import { startConsumer, startProducer } from '#local/workload/start.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { ROOT } from '#test/support/root.ts';

const kafka = useKafka();
const id = { cluster: 'local', service: 'orders' };
const WAIT = { timeout: 15_000, interval: 50 };

/** What is to be ended after the test, whatever came of it. */
const started: { stop(): Promise<void> }[] = [];
const track = <T extends { stop(): Promise<void> }>(thing: T): T => {
  started.push(thing);
  return thing;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((thing) => thing.stop()));
});

async function withAdmin<T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const client = new Kafka({ clientId: 'test', brokers: kafka().bootstrap.split(','), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** State of a group, and the number of partitions of each client in it. */
const describeGroup = (group: string) =>
  withAdmin(async (admin) => {
    const { groups } = await admin.describeGroups([group]);
    const members = (groups[0]?.members ?? []).map(({ clientId, memberAssignment }) => {
      const assignment = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {};
      return [clientId, Object.values(assignment).flat().length] as const;
    });
    return { state: groups[0]?.state, members: Object.fromEntries(members.toSorted()) };
  });

const endOffsets = (topic: string) =>
  withAdmin(async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
  });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const committed = (group: string, topic: string) =>
  withAdmin(async (admin) => {
    const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return sum((offsets?.partitions ?? []).map(({ offset }) => Math.max(0, Number(offset))));
  });

describe('LocalService with consumers', () => {
  it('joins, scales out, scales in and leaves no process', async () => {
    await createTopic(kafka().bootstrap, 'scaling', 8);
    const seen = new Set<number>();
    const service = track(
      new LocalService({
        id,
        desiredCount: 2,
        startTask: (number) => {
          const clientId = `task-${number}`;
          const options = {
            bootstrap: kafka().bootstrap,
            group: 'scaling',
            topic: 'scaling',
            clientId,
            msPerRecord: 10,
          };
          const task = startConsumer(options);
          seen.add(task.pid);
          return task;
        },
      }),
    );
    const group = () => describeGroup('scaling');
    const counts = async () => {
      const { desired, running, pending } = await service.describe(id);
      return [desired, running, pending];
    };

    service.start();
    await expect.poll(counts, WAIT).toEqual([2, 2, 0]);
    await expect.poll(group, WAIT).toEqual({ state: 'Stable', members: { 'task-1': 4, 'task-2': 4 } });

    await service.scale(id, 'desired-count', 2, 4);
    await expect.poll(counts, WAIT).toEqual([4, 4, 0]);
    const four = { 'task-1': 2, 'task-2': 2, 'task-3': 2, 'task-4': 2 };
    await expect.poll(group, WAIT).toEqual({ state: 'Stable', members: four });

    await service.scale(id, 'desired-count', 4, 2);
    // Well below the session timeout: the members left, they were not dropped.
    await expect.poll(group, { timeout: 5_000 }).toEqual({ state: 'Stable', members: { 'task-1': 4, 'task-2': 4 } });

    await service.stop();
    expect([...seen].filter(isAlive)).toEqual([]);
    expect(seen.size).toBe(4);
    expect(service.restarts).toBe(0);
    expect(await group()).toEqual({ state: 'Empty', members: {} });
  });

  it('works at its capacity and no faster', async () => {
    await createTopic(kafka().bootstrap, 'capacity', 4);
    const [bootstrap, topic, group] = [kafka().bootstrap, 'capacity', 'capacity'];
    const producer = track(startProducer({ bootstrap, topic, rate: 400, distribution: 'even' }));
    const consumer = track(startConsumer({ bootstrap, topic, group, clientId: 'only', msPerRecord: 10 }));
    await Promise.all([producer.ready, consumer.ready]);
    await expect.poll(() => committed(group, topic), WAIT).toBeGreaterThan(50);
    const [fromMs, from] = [performance.now(), await committed(group, topic)];
    await expect.poll(() => committed(group, topic), WAIT).toBeGreaterThan(from + 300);
    const rate = ((await committed(group, topic)) - from) / ((performance.now() - fromMs) / 1_000);
    expect(rate).toBeGreaterThan(70);
    expect(rate).toBeLessThan(120);
  });

  it('reports why a consumer that cannot reach Kafka was never ready', async () => {
    const options = { bootstrap: '127.0.0.1:1', topic: 't', group: 'g', clientId: 'lost', msPerRecord: 10 };
    const consumer = track(startConsumer(options));
    await expect(consumer.ready).rejects.toThrow(
      /consumer lost ended before it was ready: exit code 1\n.*ECONNREFUSED/s,
    );
  });

  it('ends with its parent, even one that was killed', async () => {
    await createTopic(kafka().bootstrap, 'orphan', 1);
    const start = pathToFileURL(join(ROOT, 'src/local/workload/start.ts'));
    const options = {
      bootstrap: kafka().bootstrap,
      group: 'orphan',
      topic: 'orphan',
      clientId: 'orphan',
      msPerRecord: 10,
    };
    const script = `import { startConsumer } from ${JSON.stringify(start.href)};
      const consumer = startConsumer(${JSON.stringify(options)});
      await consumer.ready;
      console.log(consumer.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    track({ stop: async () => void parent.kill('SIGKILL') });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    expect(isAlive(Number(line))).toBe(true);
    expect((await describeGroup('orphan')).members).toEqual({ orphan: 1 });
    parent.kill('SIGKILL');
    // Well below the session timeout: it left by itself.
    await expect.poll(() => describeGroup('orphan'), { timeout: 5_000 }).toEqual({ state: 'Empty', members: {} });
  });
});

describe('startProducer', () => {
  it('holds its rate, and counts what it sent', async () => {
    await createTopic(kafka().bootstrap, 'even', 4);
    const producer = track(
      startProducer({ bootstrap: kafka().bootstrap, topic: 'even', rate: 500, distribution: 'even' }),
    );
    await producer.ready;
    const total = async () => sum(await endOffsets('even'));
    const [fromMs, from] = [performance.now(), await total()];
    await expect.poll(total, WAIT).toBeGreaterThan(from + 1_500);
    const rate = ((await total()) - from) / ((performance.now() - fromMs) / 1_000);
    expect(rate).toBeGreaterThan(450);
    expect(rate).toBeLessThan(550);
    expect(producer.sent()).toBeUndefined();

    await producer.stop();
    const ends = await endOffsets('even');
    expect(producer.sent()).toBe(sum(ends));
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(1);
  });

  it('puts the share of the hot key into one partition', async () => {
    await createTopic(kafka().bootstrap, 'hot', 4);
    const producer = track(
      startProducer({ bootstrap: kafka().bootstrap, topic: 'hot', rate: 1_000, distribution: 'hot:0.6' }),
    );
    await expect.poll(async () => sum(await endOffsets('hot')), WAIT).toBeGreaterThan(1_000);
    await producer.stop();
    const shares = (await endOffsets('hot'))
      .map((end) => end / (producer.sent() ?? Number.NaN))
      .toSorted((a, b) => a - b);
    // 60 % by its key, and a quarter of the rest.
    expect(shares.map((share) => Number(share.toFixed(2)))).toEqual([0.1, 0.1, 0.1, 0.7]);
  });
});

describe('createTopic', () => {
  it('takes a topic that is there already, but not one with another number of partitions', async () => {
    await createTopic(kafka().bootstrap, 'there', 3);
    await createTopic(kafka().bootstrap, 'there', 3);
    await expect(createTopic(kafka().bootstrap, 'there', 4)).rejects.toThrow('exists with 3 partitions, wanted are 4');
  });
});
