import { expect, it } from 'vitest';
import { DiscoveryError, messageOf } from '../../src/core/errors.ts';

it.each([
  [new TypeError('no such host'), 'no such host'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
])('messageOf %s', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});

it('an error keeps its cause, and has none without one', () => {
  const cause = new Error('reset');

  expect(new DiscoveryError('not now', { retriable: true, cause }).cause).toBe(cause);
  expect(new DiscoveryError('not now', { retriable: true })).not.toHaveProperty('cause');
});
