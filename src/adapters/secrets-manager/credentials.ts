/** Credentials for the brokers, from a secret in Secrets Manager. */

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KafkaAuthError } from '#core/errors.ts';
import { type CredentialsSource, parseCredentials } from '#core/msk/credentials.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

export interface SecretCredentialsOptions {
  /** Default: a client that tries twice, for at most four seconds each. A VPC may lack a route. */
  readonly client?: SecretsManagerClient;
  /** Region of the default client. Default: that of the environment. */
  readonly region?: string;
  /** ARN or name of a secret that holds JSON. */
  readonly secretId: string;
  readonly auth: AuthKind;
}

/**
 * A source that reads the current version of the secret at each call.
 *
 * @throws (the source) KafkaAuthError when it cannot read the secret; SettingsError when the secret
 * does not hold these credentials
 */
export function createSecretCredentials(options: SecretCredentialsOptions): CredentialsSource {
  const { secretId, auth, region, client = impatientClient(region) } = options;
  const place = `secret ${secretId}`;
  return async () => parseCredentials(auth, await textOf(client, secretId, place), place);
}

/** Without these limits a client waits forever. */
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
  throw new KafkaAuthError(
    `the credentials could not be loaded: ${place} holds bytes instead of text; store JSON as text`,
  );
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
