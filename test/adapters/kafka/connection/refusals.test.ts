import { AuthenticationError, NetworkError } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { refusalOf } from '#adapters/kafka/connection/refusals.ts';
import { UNKNOWN_USER } from '#adapters/kafka/connection/scram.ts';
import { KafkaAuthError } from '#core/errors.ts';

const broker = { host: 'b-1', port: 9096 };
const said = (text: string) => new AuthenticationError('SASL authentication failed.', { serverErrorMessage: text });
const alert = (code: string) =>
  new NetworkError('Connection error', { cause: Object.assign(new Error('alert'), { code }) });
const INVALID = 'Authentication failed due to invalid credentials with SASL mechanism SCRAM-SHA-512';

test.each([
  ['scram', said(INVALID), 'wrong-password'],
  ['scram', new AuthenticationError(UNKNOWN_USER, { cause: said(INVALID) }), 'unknown-user'],
  ['mtls', alert('ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN'), 'certificate-not-accepted'],
  ['mtls', alert('ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'), 'certificate-expired'],
  ['mtls', alert('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'certificate-not-accepted'],
  ['tls', alert('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'certificate-required'],
  ['scram', alert('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'certificate-required'],
] as const)('with auth %s, the broker refuses by %s: %s', (auth, error, id) => {
  expect(refusalOf(error, broker, auth)).toMatchObject({ id, byBroker: true, error: { name: 'KafkaAuthError' } });
});

test.each([
  ['scram', 'Too many connects'],
  ['iam', 'Access denied'],
] as const)("with auth %s, the broker's own words %j are kept", (auth, words) => {
  expect(refusalOf(said(words), broker, auth)).toMatchObject({
    id: 'other',
    byBroker: true,
    error: { message: `b-1:9096 refused the login: ${words}` },
  });
});

test('an error on our side keeps its words and blames no broker', () => {
  const ours = new KafkaAuthError('the secret is gone');
  const signer = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });

  expect(refusalOf(new Error('outer', { cause: ours }), broker, 'scram')).toEqual({
    id: 'own',
    error: ours,
    byBroker: false,
  });
  expect(refusalOf(signer, broker, 'iam')).toMatchObject({
    id: 'no-aws-credentials',
    byBroker: false,
    error: { message: 'b-1:9096 could not be logged in to: no AWS credentials: Could not load credentials' },
  });
});

test.each([new Error('ECONNREFUSED'), alert('ERR_SSL_WRONG_VERSION_NUMBER')])('%s is not a refusal', (error) => {
  expect(refusalOf(error, broker, 'scram')).toBeUndefined();
});
