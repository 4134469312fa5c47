import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createSecretCredentials } from '#adapters/secrets-manager/credentials.ts';
import { ERROR_NAMES } from '#core/errors.ts';

const client = new SecretsManagerClient({ region: 'us-east-1' });
const mock = mockClient(client);
const secretId = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:AmazonMSK_watcher-a1B2c3';
const load = createSecretCredentials({ client, secretId, auth: 'scram' });

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects('not taught');
});
afterAll(() => mock.restore());

it('reads user and password at each call, and ignores other keys of MSK’s secrets', async () => {
  mock
    .on(GetSecretValueCommand, { SecretId: secretId })
    .resolvesOnce({ SecretString: '{"username":"watcher","password":"old","engine":"msk"}' })
    .resolvesOnce({ SecretString: '{"username":"watcher","password":"new"}' });

  expect(await load()).toEqual({ username: 'watcher', password: 'old' });
  expect(await load()).toEqual({ username: 'watcher', password: 'new' });
});

it.each([
  ['ResourceNotFoundException', 'it does not exist in this Region and account'],
  ['AccessDeniedException', 'secretsmanager:GetSecretValue on it is not allowed, or kms:Decrypt on its key'],
  ['DecryptionFailure', 'kms:Decrypt on its key is not allowed'],
  ['InvalidRequestException', 'it is being deleted'],
  ['TimeoutError', 'needs an interface endpoint for it, or a NAT gateway'],
  ['InternalServiceError', 'InternalServiceError: as AWS says'],
])('%s names the secret and what to do', async (name, words) => {
  mock.on(GetSecretValueCommand).rejects(Object.assign(new Error('as AWS says'), { name }));

  const error = await load().catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ name: ERROR_NAMES.kafkaAuth, message: expect.stringContaining(words) });
  expect(String(error)).toContain(secretId);
});

it('a secret that holds bytes is refused', async () => {
  mock.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });

  await expect(load()).rejects.toThrow('holds bytes instead of text; store JSON as text');
});

it('an error never contains the content of a secret', async () => {
  mock.on(GetSecretValueCommand).resolves({ SecretString: '{"username":"watcher","password":hunter2}' });

  const error = await load().catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ name: ERROR_NAMES.settings, message: expect.stringContaining('is not JSON') });
  expect(String(error)).not.toContain('hunter2');
});
