import { describe, expect, it } from 'vitest';
import { known, unknown } from '#core/kafka/reading.ts';
import type { Cluster } from '#core/msk/cluster.ts';
import type { DiscoveredCluster } from '#core/msk/discovered-cluster.ts';
import { parseSettings } from '#core/settings.ts';
import { discover } from '#flows/discover/discover.ts';

const cluster: Cluster = {
  arn: 'arn:orders',
  name: 'orders',
  type: 'express',
  state: 'ACTIVE',
  endpoints: known([{ auth: 'iam', network: 'private', bootstrapBrokers: 'b-1:9098' }]),
};

function discoverWorld(
  told: Cluster,
  change: { clusterArn: string } | { bootstrapBrokers: string } = { clusterArn: 'arn:orders' },
) {
  const saved: DiscoveredCluster[] = [];
  const asked: string[] = [];
  const directory = {
    list: () => Promise.reject(new Error('the ARN is known')),
    describe: async (arn: string) => {
      asked.push(`describe ${arn}`);
      return told;
    },
  };
  const clusters = {
    location: 's3://b/k',
    load: async () => saved.at(-1),
    save: async (c: DiscoveredCluster) => void saved.push(c),
  };
  const settings = parseSettings({ clusterName: 'orders', ...change });
  return { world: { settings, clock: { nowMs: () => 7 }, directory, clusters }, saved, asked };
}

describe('discover', () => {
  it('stores what AWS tells, and when it did', async () => {
    const { world, saved, asked } = discoverWorld(cluster);

    expect(await discover(world)).toEqual({ ...cluster, atMs: 7 });
    expect(saved).toEqual([{ ...cluster, atMs: 7 }]);
    expect(asked).toEqual(['describe arn:orders']);
  });

  it.each([
    [
      'unknown brokers',
      { ...cluster, state: 'FAILED', endpoints: unknown('not in this state') },
      /are not known: not in this state/,
    ],
    ['no such login', { ...cluster, endpoints: known([]) }, /offers no auth iam/],
  ])('never stores %s over brokers that were known', async (_what, told, error) => {
    const { world, saved } = discoverWorld(told);

    await expect(discover(world)).rejects.toThrow(error);
    expect(saved).toEqual([]);
  });

  it('needs the ARN', async () => {
    await expect(discover(discoverWorld(cluster, { bootstrapBrokers: 'b:1' }).world)).rejects.toThrow(
      /clusterArn: is needed/,
    );
  });
});
