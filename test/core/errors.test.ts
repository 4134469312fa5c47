import { describe, expect, it } from 'vitest';
import {
  ERROR_NAMES,
  KafkaAuthError,
  KafkaUnreachableError,
  messageOf,
  NotFoundError,
  SettingsError,
  type WatcherError,
} from '#core/errors.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import { PublishError } from '#core/metrics/publish-error.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';
import { LockTakenError, OtherVersionError, ScalingRefusedError, ServiceBusyError } from '#core/runbook/errors.ts';
import { ReconcileError } from '#core/runbook/reconcile-error.ts';

const cause = new Error('reset');
const ratio: Metric = { name: 'LagRatio', dimensions: { ClusterName: 'prod', ConsumerGroup: 'a' }, values: [1] };
const lag: Metric = { ...ratio, name: 'PartitionLag' };
const publishFailure = { published: 3, uncertain: [], unpublished: [], reason: 'throttled', cause };
const ERRORS: readonly (readonly [WatcherError, name: string, message: string])[] = [
  [new KafkaUnreachableError('no broker answered', cause), 'KafkaUnreachableError', 'no broker answered'],
  [new KafkaAuthError('wrong password', cause), 'KafkaAuthError', 'wrong password'],
  [new LockTakenError('run-1 holds it'), 'LockTakenError', 'run-1 holds it'],
  [new ServiceBusyError('run-1 holds it'), 'ServiceBusyError', 'run-1 holds it'],
  [new SettingsError(['a: is missing', 'b: is 1']), 'SettingsError', 'a: is missing\nb: is 1'],
  [new NotFoundError('shop/billing'), 'NotFoundError', 'shop/billing does not exist'],
  [
    new OtherVersionError('k.json', ['a: is missing', 'b: is missing']),
    'OtherVersionError',
    'k.json was stored by another version of the watcher: a: is missing; b: is missing',
  ],
  [
    new ReconcileError(['a: throttled'], {
      done: [
        { subject: 'b', action: 'skipped', id: 'muted', why: 'muted' },
        { subject: 'c', action: 'started', id: 'no-run-yet', why: 'lost', run: 'r' },
        { subject: 'd', action: 'skipped', id: 'muted', why: 'muted' },
      ],
      nameless: [],
      partial: [],
    }),
    'ReconcileError',
    '1 could not be reconciled, of the others 2 skipped, 1 started: a: throttled',
  ],
  [
    new ReconcileError(['a: throttled'], { done: [], nameless: [], partial: [] }),
    'ReconcileError',
    '1 could not be reconciled, there was nothing else to check: a: throttled',
  ],
  [new ScalingRefusedError('lever-moved', 'it is 3, not 2'), 'ScalingRefusedError', 'it is 3, not 2'],
  [new DiscoveryError('throttled', cause), 'DiscoveryError', 'throttled'],
  [
    new PublishError({ ...publishFailure, uncertain: [ratio, lag, ratio] }),
    'PublishError',
    'of 6 metrics 3 were published, 3 may have been (2 LagRatio, 1 PartitionLag): throttled',
  ],
  [
    new PublishError({ ...publishFailure, unpublished: [lag] }),
    'PublishError',
    'of 4 metrics 3 were published, 1 were not (1 PartitionLag): throttled',
  ],
];

describe('an error of the product', () => {
  it.each(ERRORS)('%s has a stable name and message', (error, name, message) => {
    expect(error).toMatchObject({ name, message });
  });

  it('has a name of the table, and every name of the table has an error', () => {
    expect(new Set(ERRORS.map(([error]) => error.name))).toEqual(new Set(Object.values(ERROR_NAMES)));
  });

  it('keeps its cause, and has no property without one', () => {
    expect(new KafkaAuthError('refused', cause).cause).toBe(cause);
    expect(new KafkaAuthError('refused')).not.toHaveProperty('cause');
  });
});

it.each([
  [new TypeError('no such host'), 'no such host'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
])('messageOf returns the message of %s', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
