import { expect, test } from 'vitest';
import { fateOf, repeatUntaken } from '#adapters/cloudwatch/untaken-calls.ts';

const error = (traits: object) => Object.assign(new Error('it failed'), traits) as Error & { cause?: Error };
const answered = (httpStatusCode: number, name: string) => error({ name, $metadata: { httpStatusCode } });

test.each([
  ['an answer that refuses it', answered(400, 'InvalidParameterValueException'), 'refused'],
  ['an answer that denies it', answered(403, 'AccessDeniedException'), 'refused'],
  ['a body that is too large', answered(413, 'RequestEntityTooLargeException'), 'refused'],
  ['throttling', answered(400, 'ThrottlingException'), 'throttled'],
  ['throttling with only its status', answered(429, 'UnknownError'), 'throttled'],
  ['a server error', answered(500, 'InternalServiceFault'), 'unknown'],
  ['an overload of the server under another name', answered(503, 'ThrottlingException'), 'unknown'],
  ['an answer that cannot be read', answered(200, 'SyntaxError'), 'unknown'],
  ['a refused connection', error({ code: 'ECONNREFUSED' }), 'unreached'],
  ['a name that is not found', error({ code: 'ENOTFOUND' }), 'unreached'],
  ['a connection that was reset', error({ name: 'TimeoutError', code: 'ECONNRESET' }), 'unknown'],
  ['no answer in time', error({ name: 'TimeoutError', code: 'ETIMEDOUT' }), 'unknown'],
  [
    'no connection in time',
    error({ name: 'TimeoutError', message: 'the request socket did not establish a connection with the server' }),
    'unreached',
  ],
  ['a timeout of any other kind', error({ name: 'TimeoutError' }), 'unknown'],
  ['an error of the client', error({ name: 'CredentialsProviderError' }), 'unsent'],
  ['a thrown text', 'oops', 'unknown'],
])('fateOf classifies %s', (_, thrown, fate) => {
  expect(fateOf(thrown)).toBe(fate);
});

test.each([
  ['throttled', answered(400, 'Throttling'), [1, 2]],
  ['unreached', error({ code: 'ECONNREFUSED' }), [1, 2]],
  ['unknown', answered(503, 'ServiceUnavailable'), []],
  ['refused', answered(400, 'InvalidParameterValueException'), []],
  ['unsent', error({ name: 'CredentialsProviderError' }), []],
])('repeatUntaken repeats a call that was %s only where that is safe', async (_, thrown, repeats) => {
  let token = await repeatUntaken.acquireInitialRetryToken();
  const counts: number[] = [];
  const waits: number[] = [];
  const repeat = async () => {
    for (;;) {
      token = await repeatUntaken.refreshRetryTokenForRetry(token, { error: thrown, errorType: 'TRANSIENT' });
      counts.push(token.getRetryCount());
      waits.push(token.getRetryDelay());
    }
  };

  await expect(repeat()).rejects.toBe(thrown);
  expect(counts).toEqual(repeats);
  expect(waits.every((ms, attempt) => ms >= 0 && ms <= 200 * 2 ** attempt)).toBe(true);
});
