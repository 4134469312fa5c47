import { expect, test } from 'vitest';
import { brokerName, parseBootstrap } from '#adapters/kafka-access/bootstrap.ts';

test('parseBootstrap reads names, addresses and brackets', () => {
  const brokers = parseBootstrap(' b-1.example:9098, 10.0.0.1:9092,[::1]:9093,');

  expect(brokers.map(brokerName)).toEqual(['b-1.example:9098', '10.0.0.1:9092', '[::1]:9093']);
});

test.each([
  '',
  ' , ',
  'localhost',
  'localhost:',
  'localhost:0',
  'localhost:65536',
  'localhost:9092x',
  'http://b:9092',
  ':9092',
])('parseBootstrap refuses %j', (text) => {
  expect(() => parseBootstrap(text)).toThrow(/host:port/);
});
