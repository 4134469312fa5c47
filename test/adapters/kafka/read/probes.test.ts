import { expect, test } from 'vitest';
import { kafkaAtLeast } from '#adapters/kafka/check/kafka-version.ts';
import { mayDescribe } from '#adapters/kafka/protocol/authorized-operations.ts';
import { failure, success } from '#adapters/kafka/protocol/failures.ts';
import { findBrokers } from '#adapters/kafka/session/find-brokers.ts';
import { present } from '#core/text/json.ts';
import { scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const brokers = [{ host: 'b-1', port: 9098 }];

test.each([
  [0, false],
  [1 << 8, true],
  [(1 << 8) | (1 << 3), true],
  [1 << 3, false],
  [-2_147_483_648, undefined],
])('mayDescribe of the operations %i', (operations, expected) => {
  expect(mayDescribe(operations)).toBe(expected);
});

test.each([
  ['brokers do not support DescribeCluster', { ...failure('old', true), unsupported: true }, undefined],
  ['DescribeCluster is denied', success({ errorCode: 31, brokers: [], clusterAuthorizedOperations: 0 }), false],
  [
    'it returns no operations',
    success({ errorCode: 0, brokers, clusterAuthorizedOperations: -2_147_483_648 }),
    undefined,
  ],
] as const)('the brokers are found although %s', async (_, answer, expected) => {
  const session = scriptedSession(({ request }) => (request === 'DescribeCluster' ? answer : success({ brokers })));

  const found = await findBrokers(session, brokers);

  expect(found).toEqual(success({ brokers, ...present({ mayDescribe: expected }) }));
});

test.each([
  ['DescribeCluster', 'L-1', { id: 'L-1' }],
  ['Metadata', 'L-1', { id: 'L-1' }],
  ['Metadata', null, {}],
])('%s returns the id %j of the cluster', async (source, clusterId, id) => {
  const session = scriptedSession(({ request }) =>
    request === source ? success({ errorCode: 0, brokers, clusterId }) : { ...failure('old', true), unsupported: true },
  );

  expect(await findBrokers(session, brokers)).toMatchObject(success({ brokers, ...id }));
});

test('a broker that does not answer gets no other request', async () => {
  const session = scriptedSession(() => failure('it hangs', true));

  expect(await findBrokers(session, brokers)).toEqual(failure('it hangs', true));
  expect(session.log).toHaveLength(1);
});

test.each([
  [[], undefined],
  [[[60, 0]], '2.8'],
  [
    [
      [60, 1],
      [66, 1],
      [3, 12],
      [1, 15],
    ],
    '3.5',
  ],
  [
    [
      [60, 1],
      [66, 1],
      [3, 13],
      [1, 17],
    ],
    '4.0',
  ],
] as const)('kafkaAtLeast of %j', (ranges, expected) => {
  const versions = new Map(ranges.map(([request, maxVersion]) => [request, { minVersion: 0, maxVersion }]));

  expect(kafkaAtLeast(versions)).toBe(expected);
});
