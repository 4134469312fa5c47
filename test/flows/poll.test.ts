import { describe, expect, it } from 'vitest';
import { clusterSeries } from '#core/cost/series-plan.ts';
import { KafkaUnreachableError } from '#core/errors.ts';
import type { GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { known, knownValue, unknown } from '#core/kafka/reading.ts';
import { METRICS, type Metric } from '#core/metrics/catalogue.ts';
import type { HistoryStore } from '#core/ports.ts';
import type { Settings } from '#core/settings.ts';
import { poll } from '#flows/poll.ts';
import { runbookWorld } from '#test/support/runbook/runbook-world.ts';

/** A world whose metrics are kept as they were published. */
function pollWorld(change: { history?: Partial<HistoryStore>; metricsTier?: 'rates' } = {}) {
  const { world, clock } = runbookWorld({ settings: change.metricsTier ? { metricsTier: change.metricsTier } : {} });
  const published: Metric[] = [];
  const { history } = world;
  const store = { load: () => history.load(), save: (next: Parameters<HistoryStore['save']>[0]) => history.save(next) };
  const metrics = { publish: async (metrics: readonly Metric[]) => void published.push(...metrics) };
  return { world: { ...world, metrics, history: { ...store, ...change.history } }, clock, published };
}

describe('poll', () => {
  it('publishes lag from the first poll on', async () => {
    const { world, clock, published } = pollWorld();
    clock.advance(60_000);
    const result = await poll(world);

    expect(result.groups[0]?.sumLag).toBe(280 * 60);
    expect(result).toMatchObject({ coverage: 1, groupsUnreadable: 0 });
    expect(result.groups[0]).toMatchObject({ coverage: 1, complete: true, status: 'unknown' });
    expect(result.groups[0]).not.toHaveProperty('partitions');
    expect(published).toContainEqual(expect.objectContaining({ name: 'LagRatio', values: [16.8] }));
  });

  it('fetches the history while it reads the brokers, so that neither waits for the other', async () => {
    const order: string[] = [];
    const { world } = pollWorld();
    const load = async () => {
      order.push('load');
      return world.history.load();
    };
    const read = async () => {
      order.push('read');
      return world.offsets.read();
    };
    await poll({ ...world, history: { ...world.history, load }, offsets: { read, close: async () => {} } });

    expect(order).toEqual(['load', 'read']);
  });

  it('publishes the metrics of its tier, and rates only when they are asked for', async () => {
    const tiers = async (metricsTier?: 'rates') => {
      const { world, clock, published } = pollWorld(metricsTier ? { metricsTier } : {});
      await poll(world);
      clock.advance(60_000);
      await poll(world);
      return new Set(published.map((metric) => METRICS[metric.name].tier));
    };

    expect(await tiers()).toEqual(new Set(['minimal', 'default']));
    expect(await tiers('rates')).toEqual(new Set(['minimal', 'default', 'rates']));
  });

  it('keeps to the budget, counts what it leaves out, and names the groups that no alarm watches', async () => {
    const { world, clock, published } = pollWorld();
    const read = async () => {
      const reading = await world.offsets.read();
      const [group] = reading.groups;
      const named = (groupId: string) => ({ ...(group as GroupReading), groupId });
      return { ...reading, groups: ['a', 'b'].map(named), unreadableGroups: [{ groupId: 'aa', reason: 'denied' }] };
    };
    const settings = { ...world.settings, services: [], seriesBudget: { series: clusterSeries({ series: 9 }) + 2 } };
    clock.advance(60_000);
    const { problems } = await poll({ ...world, settings, offsets: { read, close: async () => {} } });

    const ofGroups = published.filter((metric) => metric.dimensions.ConsumerGroup !== undefined);
    expect(ofGroups.map((metric) => [metric.name, metric.dimensions.ConsumerGroup])).toEqual([['LagRatio', 'a']]);
    expect(published).toContainEqual(expect.objectContaining({ name: 'SeriesDropped', values: [7] }));
    expect(published).toContainEqual(expect.objectContaining({ name: 'GroupsUnwatched', values: [1] }));
    expect(problems).toContainEqual(expect.stringMatching(/^seriesBudget leaves 1 groups without LagRatio.*: "b"$/));
  });

  it('publishes the lag of each topic only when that is asked for', async () => {
    const names = async (metricsTier: Settings['metricsTier']) => {
      const { world, clock, published } = pollWorld();
      clock.advance(60_000);
      await poll({ ...world, settings: { ...world.settings, metricsTier } });
      return published.filter((metric) => metric.dimensions.ConsumerGroup !== undefined).map((metric) => metric.name);
    };

    expect(await names('minimal')).toEqual(['LagRatio']);
    expect(await names('default')).toEqual(expect.arrayContaining(['LagRatio', 'PartitionLag']));
    expect(await names('default')).not.toContain('TopicLag');
    expect(await names('topics')).toContain('TopicLag');
  });

  it('publishes without a history that cannot be read, and does not overwrite it', async () => {
    let saved = 0;
    const broken = {
      load: () => Promise.reject(new Error('access denied')),
      save: async () => {
        saved++;
        return 'saved' as const;
      },
    };
    const { world, published } = pollWorld({ history: broken });
    const result = await poll(world);

    expect(published.map((metric) => metric.name)).toContain('LagRatio');
    expect(result.problems[0]).toMatch(/access denied/);
    expect(saved).toBe(0);
  });

  it('remembers a reading whose metrics cannot be published, and fails', async () => {
    const { world, clock, published } = pollWorld({ metricsTier: 'rates' });
    const publish = async () => {
      throw new Error('monitoring is down');
    };
    await poll(world);
    clock.advance(60_000);
    await expect(poll({ ...world, metrics: { publish } })).rejects.toThrow('monitoring is down');
    const { samples } = (await world.history.load()).history;
    published.length = 0;
    clock.advance(60_000);
    const { atMs, problems } = await poll(world);

    expect(samples.map((sample) => sample.atMs)).toEqual([atMs - 120_000, atMs - 60_000]);
    expect(problems).toEqual([]);
    expect(published.map(({ name }) => name)).toContain('ProduceRate');
  });

  it('starts the history anew when the cluster of that name is another one now, and says so', async () => {
    const { world, clock } = pollWorld();
    const ofCluster = (clusterId: string) => ({
      read: async () => ({ ...(await world.offsets.read()), clusterId }),
      close: async () => {},
    });
    await poll({ ...world, offsets: ofCluster('A') });
    clock.advance(60_000);

    const { problems } = await poll({ ...world, offsets: ofCluster('B') });

    expect(problems).toEqual([expect.stringMatching(/^history starts anew: .* id "A"; the brokers belong to "B"$/)]);
    const { samples, clusterId } = (await world.history.load()).history;
    expect({ polls: samples.length, clusterId }).toEqual({ polls: 1, clusterId: 'B' });
  });

  it('says when the history cannot be written, or another poll wrote first', async () => {
    const failing = pollWorld({ history: { save: () => Promise.reject(new Error('throttled')) } });
    const losing = pollWorld({ history: { save: async () => 'lost-race' } });

    expect((await poll(failing.world)).problems.at(-1)).toMatch(/throttled/);
    expect((await poll(losing.world)).problems.at(-1)).toMatch(/another poll/);
  });

  it('measures each group by its own threshold and isolation level', async () => {
    const { world, clock, published } = pollWorld();
    const settings = {
      ...world.settings,
      thresholds: [{ groups: '*', lag: 40 }],
      isolation: [{ groups: '*', level: 'read_committed' as const }],
    };
    const offsets = {
      ...world.offsets,
      read: async () => {
        const reading = await world.offsets.read();
        const held = (p: PartitionReading) => ({
          ...p,
          lastStableOffset: known((knownValue(p.committedOffset) ?? 0n) + 5n),
        });
        const groups = reading.groups.map((group) => ({ ...group, partitions: group.partitions.map(held) }));
        return { ...reading, groups };
      },
      close: async () => {},
    };
    clock.advance(60_000);
    const { groups } = await poll({ ...world, settings, offsets });

    const lags = published.filter(({ name }) => name === 'PartitionLag').flatMap(({ values }) => values);
    expect(lags).toEqual(Array(groups[0]?.expected).fill(5));
    expect(groups[0]?.sumLag).toBe(5 * lags.length);
    expect(published).toContainEqual(expect.objectContaining({ name: 'LagRatio', values: [1] }));
  });

  it('publishes no coverage when the members of a group are unknown, and says which group', async () => {
    const { world, published } = pollWorld();
    const read = async () => {
      const reading = await world.offsets.read();
      return { ...reading, groups: reading.groups.map((group) => ({ ...group, members: unknown('undecodable') })) };
    };
    const result = await poll({ ...world, offsets: { read, close: async () => {} } });

    expect(result).not.toHaveProperty('coverage');
    expect(result.problems).toEqual([expect.stringMatching(/^members of group ".+": undecodable$/)]);
    expect(published.map((metric) => metric.name)).not.toContain('Coverage');
    expect(published.map((metric) => metric.name)).toContain('LagRatio');
  });

  it('counts the groups by status: too little history is unknown, and so is a group that could not be read', async () => {
    const { world, clock } = pollWorld();
    clock.advance(60_000);
    expect((await poll(world)).statuses).toEqual({ unknown: 1 });

    for (let minute = 0; minute < 12; minute++) {
      clock.advance(60_000);
      await poll(world);
    }
    const reading = await world.offsets.read();
    const hidden = { ...reading, unreadableGroups: [{ groupId: 'x', reason: 'denied' }] };
    const offsets = { read: async () => hidden, close: async () => {} };
    clock.advance(60_000);

    const { statuses, statusOf } = await poll({ ...world, offsets });

    expect(statuses).toEqual({ warning: 1, unknown: 1 });
    expect([...statusOf.values()]).toEqual(['warning']);
  });

  it('says when fewer polls fit than are to be kept', async () => {
    const { world } = pollWorld();
    const read = async () => {
      const reading = await world.offsets.read();
      const many = (group: GroupReading) => ({
        ...group,
        partitions: Array(10_000).fill(group.partitions).flat().slice(0, 80_000),
      });
      return { ...reading, groups: reading.groups.map(many) };
    };
    const settings = { ...world.settings, historySamples: 240 };
    const { problems } = await poll({ ...world, settings, offsets: { read, close: async () => {} } });

    expect(problems).toEqual([
      expect.stringMatching(/^history keeps 104 of 240 polls: a poll of 80000 partitions takes/),
    ]);
  });

  it('publishes nothing, the heartbeat included, when no broker answers', async () => {
    const { world, published } = pollWorld();
    const offsets = { ...world.offsets, read: () => Promise.reject(new KafkaUnreachableError('none')) };

    await expect(poll({ ...world, offsets: { ...offsets, close: async () => {} } })).rejects.toThrow('none');
    expect(published).toEqual([]);
  });
});
