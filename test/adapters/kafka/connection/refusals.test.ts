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
  ['scram', said(INVALID), 'the password is wrong for this user'],
  ['scram', new AuthenticationError(UNKNOWN_USER, { cause: said(INVALID) }), 'it knows no such user for SCRAM-SHA-512'],
  ['scram', said('Too many connects'), 'b-1:9096 refused the login: Too many connects'],
  ['iam', said('Access denied'), 'b-1:9096 refused the login: Access denied'],
  ['mtls', alert('ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN'), 'it does not take the client certificate'],
  ['mtls', alert('ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'), 'the client certificate has expired'],
  ['mtls', alert('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'it does not take the client certificate'],
  ['tls', alert('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'the port demands a client certificate'],
  ['scram', alert('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'which auth scram has not'],
] as const)('with auth %s, %s is the broker’s refusal', (auth, error, words) => {
  expect(refusalOf(error, broker, auth)).toMatchObject({
    byBroker: true,
    error: { name: 'KafkaAuthError', message: expect.stringContaining(words) },
  });
});

test('what is wrong on our side is told as it is, and no broker is blamed', () => {
  const ours = new KafkaAuthError('the secret is gone');
  const signer = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });

  expect(refusalOf(new Error('outer', { cause: ours }), broker, 'scram')).toEqual({ error: ours, byBroker: false });
  expect(refusalOf(signer, broker, 'iam')).toMatchObject({
    byBroker: false,
    error: { message: 'b-1:9096 could not be logged in to: no AWS credentials: Could not load credentials' },
  });
});

test.each([new Error('ECONNREFUSED'), alert('ERR_SSL_WRONG_VERSION_NUMBER')])('%s is no refusal', (error) => {
  expect(refusalOf(error, broker, 'scram')).toBeUndefined();
});
