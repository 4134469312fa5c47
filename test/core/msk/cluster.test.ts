import { describe, expect, it, test } from 'vitest';
import { chooseCluster, chooseEndpoint, regionInArn } from '#core/msk/cluster.ts';
import { CHOICES, LISTED, SELECTIONS } from '#test/scenarios/cluster.scenarios.ts';

describe('chooseCluster', () => {
  it.each(SELECTIONS)('$title', ({ selector, ...expected }) => {
    const choose = () => chooseCluster(LISTED, selector).name;

    if ('chosen' in expected) expect(choose()).toBe(expected.chosen);
    else expect(choose).toThrow(expected.error);
  });

  it('reports an empty list', () => {
    expect(() => chooseCluster([], { kind: 'name', name: 'orders' })).toThrow(/none was listed/);
  });
});

describe('chooseEndpoint', () => {
  it.each(CHOICES)('$title', ({ cluster, choice, ...expected }) => {
    const choose = () => chooseEndpoint(cluster, choice).bootstrapBrokers;

    if ('chosen' in expected) expect(choose()).toBe(expected.chosen);
    else expect(choose).toThrow(expected.error);
  });
});

test.each([
  ['arn:aws:kafka:eu-west-1:111122223333:cluster/orders/x', 'eu-west-1'],
  ['arn:aws-cn:kafka:cn-north-1:111122223333:cluster/orders/x', 'cn-north-1'],
  ['arn:aws:s3:::bucket', undefined],
  ['orders', undefined],
])('regionInArn %s: %s', (arn, region) => {
  expect(regionInArn(arn)).toBe(region);
});
