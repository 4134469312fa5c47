import { expect, test } from 'vitest';
import { parseBootstrap } from '#adapters/kafka/connection/bootstrap.ts';
import { explainFailure, failureOfCode } from '#adapters/kafka/protocol/failures.ts';
import { brokerName } from '#adapters/kafka/session/request-session.ts';

test.each([
  [0, undefined],
  [16, { reason: /^NOT_COORDINATOR: /, again: true }],
  [6, { reason: /^NOT_LEADER_OR_FOLLOWER: /, again: true }],
  [14, { reason: /^COORDINATOR_LOAD_IN_PROGRESS: /, again: true }],
  [30, { reason: /^GROUP_AUTHORIZATION_FAILED: /, again: false }],
  [3, { reason: /^UNKNOWN_TOPIC_OR_PARTITION: /, again: false }],
  [32_000, { reason: /^error code 32000$/, again: false }],
])('failureOfCode of %i', (code, expected) => {
  const failed = failureOfCode(code);

  expect(failed?.again).toBe(expected?.again);
  if (expected !== undefined) expect(failed?.reason).toMatch(expected.reason);
});

const coded = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

test.each([
  [coded('ECONNREFUSED'), 'connection refused: nothing listens there'],
  [coded('ENOTFOUND'), 'the host name cannot be resolved'],
  [new AggregateError([coded('ECONNREFUSED')], ''), 'connection refused: nothing listens there'],
  [new Error('outer', { cause: coded('EHOSTUNREACH') }), 'there is no network route to it'],
  [new Error('something else'), 'something else'],
])('explainFailure looks through to the cause: %s', (error, words) => {
  expect(explainFailure(error, 'plaintext')).toBe(words);
});

test('explainFailure gives the hint that fits the login', () => {
  const closed = new Error('Connection closed');

  expect(explainFailure(closed, 'plaintext')).toContain('one without TLS?');
  expect(explainFailure(closed, 'iam')).toContain('with IAM login?');
});

test('parseBootstrap takes names, addresses and brackets', () => {
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
