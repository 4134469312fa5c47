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
  answer: Cluster,
  change: { clusterArn: string } | { bootstrapBrokers: string } = { clusterArn: 'arn:orders' },
) {
  const saved: DiscoveredCluster[] = [];
  const requests: string[] = [];
  const directory = {
    list: () => Promise.reject(new Error('the ARN is known')),
    describe: async (arn: string) => {
      requests.push(`describe ${arn}`);
      return answer;
    },
  };
  const clusters = {
    location: 's3://b/k',
    load: async () => saved.at(-1),
    save: async (c: DiscoveredCluster) => void saved.push(c),
  };
  const settings = parseSettings({ clusterName: 'orders', ...change });
  return { world: { settings, clock: { nowMs: () => 7 }, directory, clusters }, saved, requests };
}

describe('discover', () => {
  it('stores the answer of AWS with its time', async () => {
    const { world, saved, requests } = discoverWorld(cluster);

    expect(await discover(world)).toEqual({ ...cluster, atMs: 7 });
    expect(saved).toEqual([{ ...cluster, atMs: 7 }]);
    expect(requests).toEqual(['describe arn:orders']);
  });

  it.each([
    [
      'unknown brokers',
      { ...cluster, state: 'FAILED', endpoints: unknown('not in this state') },
      /are not known: not in this state/,
    ],
    ['no such login', { ...cluster, endpoints: known([]) }, /offers no auth iam/],
  ])('never replaces known brokers by %s', async (_what, answer, error) => {
    const { world, saved } = discoverWorld(answer);

    await expect(discover(world)).rejects.toThrow(error);
    expect(saved).toEqual([]);
  });

  it('refuses settings without the ARN', async () => {
    await expect(discover(discoverWorld(cluster, { bootstrapBrokers: 'b:1' }).world)).rejects.toThrow(
      /clusterArn: is not set/,
    );
  });
});
