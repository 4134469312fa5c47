/** The test writes the response byte by byte, by Kafka's message definition. */
import { Reader, Writer } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { api, createRequest, parseResponse } from '#adapters/kafka/protocol/streams-group-describe-v0.ts';

type Tasks = readonly (readonly [subtopologyId: string, partitions: number[]])[];

const pairs = (w: Writer) =>
  w.appendArray([['key', 'value'] as const], (e, [k, v]) => e.appendString(k).appendString(v));
const strings = (w: Writer, texts: string[]) => w.appendArray(texts, (e, text) => e.appendString(text), true, false);
const topicInfos = (w: Writer, names: string[]) =>
  w.appendArray(names, (e, name) => pairs(e.appendString(name).appendInt32(4).appendInt16(1)));
const taskOffsets = (w: Writer) => w.appendArray(['0'], (e, id) => e.appendString(id).appendInt32(2).appendInt64(77n));
const tasks = (w: Writer, list: Tasks) =>
  w.appendArray([...list], (e, [id, partitions]) =>
    e.appendString(id).appendArray(partitions, (n, partition) => n.appendInt32(partition), true, false),
  );
const assignment = (w: Writer, active: Tasks) => {
  tasks(w, active);
  tasks(w, [['0', [9]]]);
  tasks(w, [['1', [8]]]);
  return w.appendTaggedFields();
};

function member(w: Writer, instanceId: string | null, endpoint: boolean): void {
  w.appendString('m-1').appendInt32(5).appendString(instanceId).appendString(null);
  w.appendString('c-1').appendString('/10.0.0.1').appendInt32(1).appendString('process');
  if (endpoint) w.appendInt8(1).appendString('host').appendUnsignedInt16(65_000).appendTaggedFields();
  else w.appendInt8(-1);
  pairs(w);
  taskOffsets(w);
  taskOffsets(w);
  assignment(w, [
    ['0', [0, 1]],
    ['1', [1]],
  ]);
  assignment(w, [['0', [0]]]);
  w.appendBoolean(false);
}

function topology(w: Writer): Writer {
  w.appendInt8(1).appendInt32(3);
  w.appendArray(['0', '1'], (e, id) => {
    strings(e.appendString(id), id === '0' ? ['orders', 'payments'] : []);
    strings(e, ['app-again-repartition']);
    topicInfos(e, ['app-store-changelog']);
    topicInfos(e, id === '1' ? ['app-again-repartition'] : []);
  });
  return w.appendTaggedFields();
}

/** `withTopology`: `none` where the struct is null, `uninitialized` where its subtopologies are. */
function response(withTopology: 'whole' | 'uninitialized' | 'none'): Reader {
  const w = Writer.create().appendInt32(0);
  w.appendArray(['app'], (e, groupId) => {
    e.appendInt16(0).appendString(null).appendString(groupId).appendString('Stable').appendInt32(6).appendInt32(5);
    if (withTopology === 'whole') topology(e);
    else if (withTopology === 'none') e.appendInt8(-1);
    else e.appendInt8(1).appendInt32(3).appendUnsignedVarInt(0).appendTaggedFields();
    e.appendArray([null, 'static'], (m, instanceId) => member(m, instanceId, instanceId !== null));
    e.appendInt32(-2_147_483_648);
  });
  return Reader.from(w.appendTaggedFields());
}

test('StreamsGroupDescribe requests groups without their authorized operations', () => {
  const bytes = createRequest(['ab', 'ü']).buffer;

  expect([api.key, api.version]).toEqual([89, 0]);
  expect(bytes.toString('hex')).toBe('03036162' + '03c3bc' + '00' + '00');
});

test('StreamsGroupDescribe is read to its last byte', () => {
  const reader = response('whole');

  const { groups } = parseResponse(1, 89, 0, reader);

  const common = { memberId: 'm-1', clientId: 'c-1', clientHost: '/10.0.0.1' };
  const owned = {
    assignment: [
      { subtopologyId: '0', partitions: [0, 1] },
      { subtopologyId: '1', partitions: [1] },
    ],
    targetAssignment: [{ subtopologyId: '0', partitions: [0] }],
  };
  expect(groups).toEqual([
    {
      errorCode: 0,
      groupId: 'app',
      groupState: 'Stable',
      groupEpoch: 6,
      subtopologies: [
        { subtopologyId: '0', topics: ['orders', 'payments'] },
        { subtopologyId: '1', topics: ['app-again-repartition'] },
      ],
      members: [
        { ...common, instanceId: null, ...owned },
        { ...common, instanceId: 'static', ...owned },
      ],
    },
  ]);
  expect(reader.remaining).toBe(0);
});

test.each(['uninitialized', 'none'] as const)('StreamsGroupDescribe is read where the topology is %s', (state) => {
  const reader = response(state);

  const { groups } = parseResponse(1, 89, 0, reader);

  expect(groups[0]?.subtopologies).toBeNull();
  expect(groups[0]?.members).toHaveLength(2);
  expect(reader.remaining).toBe(0);
});
