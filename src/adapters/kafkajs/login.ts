/** Logging in to brokers: the options of kafkajs. */
import type { KafkaConfig } from 'kafkajs';
import { type LoginSettings, loadCredentials, tokensOf } from '#adapters/kafka-access/login.ts';
import type { Credentials } from '#core/msk/credentials.ts';
import { type AuthKind, LOGINS } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

/**
 * The client's options, made before each connection.
 *
 * @throws what the source of credentials or the token signer throws
 */
export type LoginSource = () => Promise<Pick<KafkaConfig, 'ssl' | 'sasl'>>;

type Sasl = NonNullable<KafkaConfig['sasl']>;

/** The protocol code of each login that uses SASL. */
const SASL: Readonly<Partial<Record<AuthKind, (credentials: Credentials, token: () => Promise<string>) => Sasl>>> = {
  iam: (_, token) => ({
    mechanism: 'oauthbearer',
    oauthBearerProvider: async () => ({ value: await token() }),
  }),
  scram: ({ username = '', password = '' }) => ({ mechanism: 'scram-sha-512', username, password }),
};

/** @throws SettingsError when the settings lack what the login needs */
export function createLogin(settings: LoginSettings): LoginSource {
  const { auth } = settings;
  const tokens = tokensOf(settings);
  const token = async () => (await tokens?.()) ?? '';
  if (!LOGINS[auth].tls) return async () => ({});
  return async () => {
    await token(); // without AWS credentials there is no need to connect
    const { credentials, tls } = await loadCredentials(settings);
    return { ssl: { ...tls }, ...present({ sasl: SASL[auth]?.(credentials, token) }) };
  };
}
