import { expect, test } from 'vitest';
import { failureOf, loginFailure } from '#adapters/kafkajs/failures.ts';
import { protocolError } from './scripted-session.ts';

const named = (name: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name });

test.each(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_LOAD_IN_PROGRESS', 'NOT_LEADER_FOR_PARTITION'])(
  '%s is worth a second request',
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

test('a denial by an ACL is final', () => {
  expect(failureOf(protocolError('TOPIC_AUTHORIZATION_FAILED'), 'plaintext').again).toBe(false);
});

test('the broker is named where kafkajs names it', () => {
  const error = Object.assign(new Error('Closed connection'), { broker: 'b2:9098' });

  expect(failureOf(error, 'iam')).toMatchObject({
    broker: 'b2:9098',
    reason: expect.stringContaining('with IAM login?'),
  });
});

test('a refused login and missing AWS credentials are distinguished from other failures', () => {
  const refused = named('KafkaJSSASLAuthenticationError', 'SASL OAUTHBEARER authentication failed: Access denied');

  expect(loginFailure(named('KafkaJSNonRetriableError', 'x', refused))).toMatch(/^refused the login: .*Access denied$/);
  expect(loginFailure(named('CredentialsProviderError', 'none'))).toBe(
    'could not be logged in to: no AWS credentials: none',
  );
  expect(loginFailure(new Error('Closed connection'))).toBeUndefined();
});
