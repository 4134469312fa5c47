import { expect, test } from 'vitest';
import { nearNames } from '#core/names/near-names.ts';

const NAMES = ['orders-billing', 'orders-mails', 'audit', 'ORDERS-BILLING-2', 'x'];

test.each([
  ['orders-biling', ['orders-billing', 'ORDERS-BILLING-2', 'orders-mails']],
  ['auditor', ['audit']],
  ['X', ['x']],
  ['zzz', []],
  ['', []],
])('nearNames of %j returns %j', (wanted, expected) => {
  expect(nearNames(wanted, NAMES)).toEqual(expected);
});

test('nearNames returns at most the requested count', () => {
  expect(nearNames('orders', NAMES, 1)).toEqual(['orders-mails']);
});
