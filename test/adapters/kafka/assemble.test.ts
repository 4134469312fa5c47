import { expect, test } from 'vitest';
import { assembleGroups } from '#adapters/kafka/assemble.ts';
import { failure, success } from '#adapters/kafka/protocol/failures.ts';
import type { GroupAnswer } from '#adapters/kafka/read/read-groups.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';

const answer = (protocol: string, type: string, assignor: Reading<string>): GroupAnswer => ({
  group: { groupId: 'g', coordinator: { host: 'b1', port: 9092 }, type, protocol },
  commits: success([]),
  description: success({ state: known('Stable'), assignor, epoch: known(4), members: known([]) }),
});
const groupOf = (given: GroupAnswer) => assembleGroups([given], { offsets: new Map(), isRead: () => true }).groups[0];

test.each([
  ['consumer', 'consumer', 'classic', known('range')],
  ['consumer', 'consumer', 'consumer', known('uniform')],
  ['streams', 'consumer', 'classic', known('stream')],
  ['streams', 'streams', 'streams', unknown('not returned')],
  ['consumer', 'consumer', 'classic', absent],
  ['simple', '', 'classic', absent],
])('a group is %s: protocol %j, type %s, assignor %j', (kind, protocol, type, assignor) => {
  expect(groupOf(answer(protocol, type, assignor))).toMatchObject({ kind, type, epoch: known(4) });
});

test('a group without a description has its kind from the list, and unknown values otherwise', () => {
  const group = groupOf({ ...answer('streams', 'streams', absent), description: failure('needs Kafka 4.1', true) });

  const nothing = unknown('needs Kafka 4.1');
  expect(group).toMatchObject({ kind: 'streams', state: nothing, assignor: nothing, epoch: nothing, members: nothing });
});
