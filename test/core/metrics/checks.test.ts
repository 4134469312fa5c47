import { expect, test } from 'vitest';
import type { Metric } from '#core/metrics/catalogue.ts';
import { checkMetrics } from '#core/metrics/checks.ts';

const heartbeat = (values: readonly number[]): Metric => ({
  name: 'Heartbeat',
  dimensions: { ClusterName: 'c' },
  values,
});

test('checkMetrics accepts what CloudWatch accepts, and an empty name', () => {
  expect(() =>
    checkMetrics([heartbeat([0, -0, -(2 ** 360)]), { ...heartbeat([1]), dimensions: { ClusterName: '' } }]),
  ).not.toThrow();
});

test('checkMetrics names many problems at once and counts the others', () => {
  const wrong = [heartbeat([]), { ...heartbeat([Number.NaN]), dimensions: {} }];

  expect(() => checkMetrics(wrong)).toThrow(
    'metric Heartbeat has no values; leave it out; metric Heartbeat has the dimensions none; the catalogue has ClusterName; ' +
      'metric Heartbeat has the value NaN; only finite numbers up to 2^360 can be published',
  );
  expect(() => checkMetrics(Array(25).fill(heartbeat([])))).toThrow(/; and 5 more$/);
});
