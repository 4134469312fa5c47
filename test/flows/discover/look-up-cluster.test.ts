import { describe, expect, it } from 'vitest';
import { known } from '#core/kafka/reading.ts';
import type { Cluster } from '#core/msk/cluster.ts';
import { lookUpCluster } from '#flows/discover/look-up-cluster.ts';

const cluster: Cluster = { arn: 'arn:orders', name: 'orders', type: 'express', state: 'ACTIVE', endpoints: known([]) };

describe('lookUpCluster', () => {
  it.each([
    [{ kind: 'arn', arn: 'arn:any' }, ['describe arn:any']],
    [{ kind: 'name', name: 'orders' }, ['list orders', 'describe arn:orders']],
    [{ kind: 'tag', key: 'team', value: 'shop' }, ['list all', 'describe arn:orders']],
  ] as const)('looks up %j with the fewest requests', async (selector, expected) => {
    const requests: string[] = [];
    const directory = {
      list: async (prefix?: string) => {
        requests.push(`list ${prefix ?? 'all'}`);
        return [{ ...cluster, tags: { team: 'shop' } }];
      },
      describe: async (arn: string) => {
        requests.push(`describe ${arn}`);
        return cluster;
      },
    };

    expect(await lookUpCluster(directory, selector)).toEqual(cluster);
    expect(requests).toEqual(expected);
  });
});
