/** Logging in to brokers, as kafkajs is told of it. */

import type { KafkaConfig } from 'kafkajs';
import { SettingsError } from '#core/errors.ts';
import {
  type AuthKind,
  type Credentials,
  type CredentialsSource,
  missingCredentials,
  needsCredentials,
} from '#core/msk/logins.ts';
import type { Clock } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { tokenSource } from './iam-token.ts';

export interface LoginSettings {
  readonly auth: AuthKind;
  /** AWS Region of the cluster; needed by `iam` alone. */
  readonly region?: string;
  /** `scram` and `mtls` need it; all but `plaintext` trust the `ca` in it. Asked at each connection. */
  readonly credentials?: CredentialsSource;
  readonly clock: Clock;
}

/** What a client is configured with, made before each connection. @throws as the source of credentials, or the signer of tokens */
export type LoginSource = () => Promise<Pick<KafkaConfig, 'ssl' | 'sasl'>>;

/** @throws SettingsError when the kind of login lacks what it needs */
export function createLogin({ auth, region, credentials, clock }: LoginSettings): LoginSource {
  if (auth === 'plaintext') return async () => ({});
  if (credentials === undefined && needsCredentials(auth)) {
    throw new SettingsError([`auth ${auth} needs credentials; got no source of them`]);
  }
  if (auth === 'iam' && region === undefined) {
    throw new SettingsError(['auth iam needs the region of the cluster; got none']);
  }
  const token = auth === 'iam' && region !== undefined ? tokenSource(region, clock) : undefined;
  return async () => {
    await token?.(); // without AWS credentials no broker needs to be bothered
    const loaded = (await credentials?.()) ?? {};
    const missing = missingCredentials(auth, loaded);
    if (missing.length > 0)
      throw new SettingsError([`auth ${auth} needs ${missing.join(' and ')}; the credentials lack it`]);
    const ssl = sslOf(auth, loaded);
    if (token !== undefined) return { ssl, sasl: { mechanism: 'oauthbearer', oauthBearerProvider: token } };
    if (auth !== 'scram') return { ssl };
    const { username = '', password = '' } = loaded;
    return { ssl, sasl: { mechanism: 'scram-sha-512', username, password } };
  };
}

function sslOf(
  auth: AuthKind,
  { ca, certificate, privateKey, passphrase }: Credentials,
): NonNullable<KafkaConfig['ssl']> {
  const own = auth === 'mtls' && certificate !== undefined && privateKey !== undefined;
  if (ca === undefined && !own) return true;
  return {
    ...present({ ca }),
    ...(own ? { cert: certificate, key: privateKey } : {}),
    ...(own && passphrase !== undefined ? { passphrase } : {}),
  };
}
