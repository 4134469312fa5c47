import { describe, expect, it } from 'vitest';
import { byGroupId, byPartition } from '#core/kafka/model.ts';
import { absent, known, knownValue, unknown, whyMissing } from '#core/kafka/reading.ts';

describe('a reading', () => {
  it.each([
    [known(0), 0, undefined],
    [absent, undefined, 'there is none'],
    [unknown('denied'), undefined, 'denied'],
  ])('%j has a value or the reason why it has none', (reading, value, why) => {
    expect(knownValue(reading)).toBe(value);
    expect(whyMissing(reading)).toBe(why);
  });
});

describe('byPartition', () => {
  it('sorts by topic, then by partition number', () => {
    const order = ['b/0', 'a/10', 'c/1', 'a/9', 'b/0'].map((key) => {
      const [topic = '', partition] = key.split('/');
      return { topic, partition: Number(partition) };
    });

    expect(order.sort(byPartition).map((tp) => `${tp.topic}/${tp.partition}`)).toEqual([
      'a/9',
      'a/10',
      'b/0',
      'b/0',
      'c/1',
    ]);
  });
});

describe('byGroupId', () => {
  it('sorts by group id, the same on every machine', () => {
    const order = ['b', 'Z', 'a', 'b', 'ä'].map((groupId) => ({ groupId }));

    expect(order.sort(byGroupId).map(({ groupId }) => groupId)).toEqual(['Z', 'a', 'b', 'b', 'ä']);
  });
});
