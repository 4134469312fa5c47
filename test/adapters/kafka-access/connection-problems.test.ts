import { describe, expect, test } from 'vitest';
import { causesOf, connectionProblem } from '#adapters/kafka-access/connection-problems.ts';

const coded = (code: string, message = `connect ${code}`) => Object.assign(new Error(message), { code });
const kafkajs = (message: string) =>
  Object.assign(new Error(message, { cause: Object.assign(new Error(message), { name: 'KafkaJSConnectionError' }) }), {
    name: 'KafkaJSNumberOfRetriesExceeded',
  });

test.each([
  [coded('ECONNREFUSED'), 'connection-refused'],
  [new AggregateError([coded('ECONNREFUSED')], ''), 'connection-refused'],
  [kafkajs('Connection error: connect ECONNREFUSED 127.0.0.1:1'), 'connection-refused'],
  [coded('ENOTFOUND'), 'unknown-host'],
  [kafkajs('Connection error: getaddrinfo ENOTFOUND x'), 'unknown-host'],
  [new Error('outer', { cause: coded('EHOSTUNREACH') }), 'no-route'],
  [new Error('Broker requires TLS'), 'tls-required'],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'other-host-name'],
  [coded('CERT_HAS_EXPIRED'), 'broker-certificate-expired'],
  [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'unknown-authority'],
  [kafkajs('Connection error: self-signed certificate in certificate chain'), 'unknown-authority'],
  [coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'no-tls'],
  [coded('CERT_NOT_YET_VALID'), 'broker-certificate-untrusted'],
  [new Error('Request timed out'), 'no-answer'],
  [kafkajs('Request ApiVersions(key: 18, version: 2) timed out'), 'no-answer'],
  [new Error('Connection to b-1:9092 timed out.'), 'connection-timeout'],
  [kafkajs('Connection timeout'), 'connection-timeout'],
  [kafkajs('Failed to find group coordinator'), 'coordinator-not-found'],
  [coded('ERR_BUFFER_OUT_OF_BOUNDS'), 'not-kafka'],
  [new Error('Connection closed'), 'connection-closed'],
  [kafkajs('Closed connection'), 'connection-closed'],
  [new Error('something else'), 'other'],
])('the problem behind %s is %s', (error, id) => {
  expect(connectionProblem(error, 'plaintext').id).toBe(id);
});

test('an unknown error keeps the words of its last cause', () => {
  expect(connectionProblem(new Error('outer', { cause: new Error('inner') }), 'plaintext').text).toBe('inner');
});

test('causes are found once, even in a circle', () => {
  const error = new Error('a');
  error.cause = error;

  expect(causesOf(error)).toEqual([error]);
});

describe('the hint for a closed connection fits the login', () => {
  const closed = new Error('Connection closed');

  test.each([
    ['plaintext', false, 'one without TLS?'],
    ['iam', false, 'with IAM login?'],
    ['scram', true, 'with SCRAM login?'],
    ['tls', false, 'with TLS?'],
    ['mtls', true, 'a port does that demands a login: use auth iam or scram, or the port of auth mtls'],
  ] as const)('of auth %s, versions returned: %s', (auth, welcomed, hint) => {
    expect(connectionProblem(closed, auth, welcomed).text).toContain(hint);
  });
});
