/** The test writes the response byte by byte, by Kafka's message definition. */
import { Reader, Writer } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { api, createRequest, parseResponse } from '#adapters/kafka/protocol/describe-share-group-offsets-v1.ts';

const TOPIC_ID = '00112233-4455-6677-8899-aabbccddeeff';

test('DescribeShareGroupOffsets requests all partitions of the groups', () => {
  const bytes = createRequest(['ab', 'ü']).buffer;

  expect([api.key, api.version]).toEqual([90, 1]);
  expect(bytes.toString('hex')).toBe('03' + '0361620000' + '03c3bc0000' + '00');
});

test('DescribeShareGroupOffsets is read to its last byte', () => {
  const w = Writer.create().appendInt32(0);
  w.appendArray(['queue', 'other'], (group, groupId) =>
    group
      .appendString(groupId)
      .appendArray(groupId === 'queue' ? ['orders', 'payments'] : [], (topic, name) =>
        topic
          .appendString(name)
          .appendUUID(TOPIC_ID)
          .appendArray([0, 1], (p, partition) =>
            p.appendInt32(partition).appendInt64(5n).appendInt32(2).appendInt64(-1n).appendInt16(29).appendString('no'),
          ),
      )
      .appendInt16(groupId === 'queue' ? 0 : 30)
      .appendString(null),
  );
  const reader = Reader.from(w.appendTaggedFields());

  const { groups } = parseResponse(1, 90, 1, reader);

  const rest = { startOffset: 5n, lag: -1n, errorCode: 29 };
  const partitions = ['orders', 'payments'].flatMap((topic) =>
    [0, 1].map((partition) => ({ topic, partition, ...rest })),
  );
  expect(groups).toEqual([
    { groupId: 'queue', partitions, errorCode: 0 },
    { groupId: 'other', partitions: [], errorCode: 30 },
  ]);
  expect(reader.remaining).toBe(0);
});
