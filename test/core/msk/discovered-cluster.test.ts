import { describe, expect, it, test } from 'vitest';
import { known, unknown } from '#core/kafka/reading.ts';
import { decodeCluster, discoverySummary, encodeCluster, shareBroker } from '#core/msk/discovered-cluster.ts';

describe('a discovered cluster', () => {
  const cluster = {
    arn: 'arn:orders',
    name: 'orders',
    type: 'express',
    state: 'ACTIVE',
    kafkaVersion: '3.8.x',
    brokers: 3,
    endpoints: known([{ auth: 'iam', network: 'private', bootstrapBrokers: 'b-1:9098' } as const]),
    atMs: 5,
  } as const;

  test.each([
    ['with everything', cluster],
    [
      'without what serverless lacks',
      { arn: 'a', name: 'n', type: 'serverless', state: 'ACTIVE', endpoints: known([]), atMs: 0 } as const,
    ],
    ['whose brokers are unknown', { ...cluster, endpoints: unknown('not now') }],
  ])('%s is decoded unchanged', (_what, stored) => {
    expect(decodeCluster(encodeCluster(stored), 's3://b/k')).toStrictEqual(stored);
  });

  test.each([
    ['no JSON', '{', /s3:\/\/b\/k is not a discovered cluster: it is not JSON/],
    ['a newer format', '{"format":2}', /format: is 2; it must be 1; cluster: is missing/],
    [
      'a login that does not exist',
      encodeCluster(cluster).replace('"iam"', '"magic"'),
      /auth: is "magic"; it must be "iam" or "scram"/,
    ],
  ])('%s is refused with its location and the reason', (_what, text, error) => {
    expect(() => decodeCluster(text, 's3://b/k')).toThrow(error);
  });
});

test.each([
  ['a:1,b:1', 'b:1,c:1', true],
  ['a:1', 'a:2', false],
  ['a:1', 'b:1', false],
])('shareBroker %s %s: %s', (a, b, expected) => {
  expect(shareBroker(a, b)).toBe(expected);
});

it('appears in a log line with its age', () => {
  const cluster = {
    arn: 'a',
    name: 'n',
    type: 'serverless',
    state: 'ACTIVE',
    endpoints: known([]),
    atMs: 1_000,
  } as const;

  expect(discoverySummary(cluster, 3_601_000)).toEqual({
    type: 'serverless',
    state: 'ACTIVE',
    discoveredMinutesAgo: 60,
  });
  expect(discoverySummary({ ...cluster, kafkaVersion: '3.8.x' }, 1_000)).toMatchObject({ kafkaVersion: '3.8.x' });
});
