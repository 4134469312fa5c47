import { describe, expect, it } from 'vitest';
import {
  DiscoveryError,
  ERROR_NAMES,
  KafkaAuthError,
  KafkaUnreachableError,
  LockTakenError,
  messageOf,
  NotFoundError,
  ScalingRefusedError,
  ServiceBusyError,
  SettingsError,
  type WatcherError,
} from '../../src/core/errors.ts';

const cause = new Error('reset');
const ERRORS: readonly (readonly [WatcherError, name: string, retriable: boolean, message: string])[] = [
  [new KafkaUnreachableError('no broker answered', cause), 'KafkaUnreachableError', true, 'no broker answered'],
  [new KafkaAuthError('wrong password', cause), 'KafkaAuthError', false, 'wrong password'],
  [new LockTakenError('run-1 holds it'), 'LockTakenError', false, 'run-1 holds it'],
  [new ServiceBusyError('run-1 holds it'), 'ServiceBusyError', true, 'run-1 holds it'],
  [new SettingsError(['a: is missing', 'b: is 1']), 'SettingsError', false, 'a: is missing\nb: is 1'],
  [new NotFoundError('shop/billing'), 'NotFoundError', false, 'shop/billing does not exist'],
  [new ScalingRefusedError('it is 3, not 2'), 'ScalingRefusedError', false, 'it is 3, not 2'],
  [new DiscoveryError('throttled', { retriable: true, cause }), 'DiscoveryError', true, 'throttled'],
];

describe('an error of the product', () => {
  it.each(ERRORS)('%s has a stable name, and says whether trying again can help', (error, name, retriable, message) => {
    expect(error).toMatchObject({ name, retriable, message });
  });

  it('has one of the names of the contract, each of which is used', () => {
    expect(ERRORS.map(([error]) => error.name).sort()).toEqual(Object.values(ERROR_NAMES).sort());
  });

  it('keeps its cause, and has none without one', () => {
    expect(new KafkaAuthError('refused', cause).cause).toBe(cause);
    expect(new KafkaAuthError('refused')).not.toHaveProperty('cause');
  });
});

it.each([
  [new TypeError('no such host'), 'no such host'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
])('messageOf %s', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
