import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';
import { expect, test } from 'vitest';
import { addressOf, decodeAssignment, decodeState } from '#adapters/kafka/protocol/decode.ts';

const encode = (assignment: Record<string, number[]>): Buffer =>
  AssignerProtocol.MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) });

test('decodeAssignment reads the bytes of another client', () => {
  const bytes = encode({ orders: [0, 5], größe: [1] });

  expect(decodeAssignment(bytes)).toEqual([
    { topic: 'orders', partition: 0 },
    { topic: 'orders', partition: 5 },
    { topic: 'größe', partition: 1 },
  ]);
});

test('decodeAssignment finds nothing in an empty assignment', () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
  expect(decodeAssignment(encode({}))).toEqual([]);
});

test('decodeAssignment throws on a truncated assignment, wherever it ends', () => {
  const bytes = encode({ orders: [0, 1], payments: [2] });
  const end = bytes.length - 4; // the user data's length, which is not read

  for (let length = 1; length < end; length++) expect(() => decodeAssignment(bytes.subarray(0, length))).toThrow();
});

test('decodeAssignment returns partitions or throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      let partitions = 0;
      try {
        partitions = decodeAssignment(Buffer.from(bytes)).length;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect(partitions).toBeLessThanOrEqual(bytes.length / 4);
    }),
  );
});

test('stateOf knows the states of both protocols, and returns unknown for others', () => {
  expect(decodeState('Reconciling')).toEqual({ kind: 'known', value: 'Reconciling' });
  expect(decodeState('Dreaming')).toEqual({ kind: 'unknown', reason: 'group state "Dreaming" is not known' });
});

test('addressOf drops the slash that brokers write', () => {
  expect(addressOf('/10.0.0.1')).toBe('10.0.0.1');
  expect(addressOf('10.0.0.1')).toBe('10.0.0.1');
});
