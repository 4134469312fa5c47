import { expect, test } from 'vitest';
import { failureOf, refusalOf } from '#adapters/kafkajs/failures.ts';
import { protocolError } from './scripted-session.ts';

const named = (name: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name });

test.each([
  ['Connection error: connect ECONNREFUSED 127.0.0.1:1', 'connection refused: nothing listens there'],
  ['Connection error: getaddrinfo ENOTFOUND x', 'the host name cannot be resolved'],
  [
    'Request ApiVersions(key: 18, version: 2) timed out',
    'it accepted the connection and did not answer; is this a Kafka port?',
  ],
  ['Connection timeout', 'no connection came about in time; check security groups and routes'],
  ['Closed connection', 'it closed the connection without an answer; is this a Kafka port, and one without TLS?'],
  ['something else', 'something else'],
])('%j is explained', (message, reason) => {
  const error = named('KafkaJSNumberOfRetriesExceeded', message, named('KafkaJSConnectionError', message));

  expect(failureOf(error, 'plaintext')).toEqual({ ok: false, reason, again: false });
});

test.each(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_LOAD_IN_PROGRESS', 'NOT_LEADER_FOR_PARTITION'])(
  '%s may pass',
  (type) => {
    expect(failureOf(protocolError(type, 'It moved.'), 'plaintext')).toEqual({
      ok: false,
      reason: `${type}: It moved`,
      again: true,
    });
  },
);

test('a coordinator that was not found may be found a moment later', () => {
  const error = named('KafkaJSGroupCoordinatorNotFound', 'Failed to find group coordinator');

  expect(failureOf(error, 'plaintext')).toMatchObject({ again: true, reason: expect.stringContaining('coordinator') });
});

test('an ACL does not pass', () => {
  expect(failureOf(protocolError('TOPIC_AUTHORIZATION_FAILED'), 'plaintext').again).toBe(false);
});

test('the broker is named where kafkajs names it', () => {
  const error = Object.assign(new Error('Closed connection'), { broker: 'b2:9098' });

  expect(failureOf(error, 'iam')).toMatchObject({
    broker: 'b2:9098',
    reason: expect.stringContaining('with IAM login?'),
  });
});

test('a refused login and missing credentials are told from all else', () => {
  const refused = named('KafkaJSSASLAuthenticationError', 'SASL OAUTHBEARER authentication failed: Access denied');

  expect(refusalOf(named('KafkaJSNonRetriableError', 'x', refused))).toMatch(/^refused the login: .*Access denied$/);
  expect(refusalOf(named('CredentialsProviderError', 'none'))).toBe(
    'could not be logged in to: no AWS credentials: none',
  );
  expect(refusalOf(new Error('Closed connection'))).toBeUndefined();
});
