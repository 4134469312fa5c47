import { expect, test } from 'vitest';
import { parseOffsetRows, parseStates } from './tools.ts';

const OFFSETS = `
Consumer group 'team a: billing' has no active members.

GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
team a: billing audit           0          0               7               7               -               -               -

GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID                              HOST            CLIENT-ID
live            orders          1          -               8               -               one-18c48f1b-cef9-4d82-a7ac-8cd21b9171a8 /127.0.0.1      one
`;

test('parseOffsetRows cuts columns under their heads, so that names may hold spaces', () => {
  expect(parseOffsetRows(OFFSETS)).toEqual([
    { group: 'team a: billing', topic: 'audit', partition: 0, currentOffset: 0n, logEndOffset: 7n, lag: 7 },
    {
      group: 'live',
      topic: 'orders',
      partition: 1,
      logEndOffset: 8n,
      consumerId: 'one-18c48f1b-cef9-4d82-a7ac-8cd21b9171a8',
      host: '/127.0.0.1',
      clientId: 'one',
    },
  ]);
});

test('parseOffsetRows throws on a value that is no offset', () => {
  expect(() => parseOffsetRows(OFFSETS.replace('7               7 ', '7               x '))).toThrow(/"x" for lag/);
});

test('parseStates reads the state of each group', () => {
  const output = `
GROUP                     COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE           #MEMBERS
live                      127.0.0.1:39209 (1)       range                Stable          3

GROUP                     COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE           #MEMBERS
team a: billing           127.0.0.1:39209 (1)                            Empty           0
`;

  expect(parseStates(output)).toEqual(
    new Map([
      ['live', 'Stable'],
      ['team a: billing', 'Empty'],
    ]),
  );
});
