/** Credentials for the brokers, from a secret of Secrets Manager. */

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KafkaAuthError } from '#core/errors.ts';
import { type CredentialsSource, parseCredentials } from '#core/msk/credentials.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

export interface SecretCredentialsOptions {
  /** Default: one that tries twice, four seconds at most each time: a VPC may lack the way. */
  readonly client?: SecretsManagerClient;
  /** Of the default client; that of the environment when left out. */
  readonly region?: string;
  /** ARN or name of a secret that holds JSON. */
  readonly secretId: string;
  readonly auth: AuthKind;
}

/**
 * A source that reads the current version of the secret at each call.
 *
 * @throws (the source) KafkaAuthError when it cannot be read, SettingsError when it holds no such credentials
 */
export function createSecretCredentials(options: SecretCredentialsOptions): CredentialsSource {
  const { secretId, auth, region, client = impatientClient(region) } = options;
  const place = `secret ${secretId}`;
  return async () => parseCredentials(auth, await textOf(client, secretId, place), place);
}

/** Without these limits a client waits for ever. */
const impatientClient = (region: string | undefined): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    ...present({ region }),
  });

async function textOf(client: SecretsManagerClient, secretId: string, place: string): Promise<string> {
  let text: string | undefined;
  try {
    ({ SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: secretId })));
  } catch (error) {
    throw new KafkaAuthError(`the credentials could not be loaded: ${place}: ${reasonOf(error)}`, error);
  }
  if (text !== undefined) return text;
  throw new KafkaAuthError(`the credentials could not be loaded: ${place} holds bytes and no text; store JSON as text`);
}

const ADVICE: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'it does not exist in this Region and account',
  AccessDeniedException: 'secretsmanager:GetSecretValue on it is not allowed, or kms:Decrypt on its key',
  DecryptionFailure: 'kms:Decrypt on its key is not allowed',
  InvalidRequestException: 'it is being deleted, or has no current version',
  TimeoutError:
    'Secrets Manager did not answer; a function in a VPC needs an interface endpoint for it, or a NAT gateway',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const advice = ADVICE[error.name];
  return advice === undefined ? `${error.name}: ${error.message}` : `${advice} (${error.name})`;
}
