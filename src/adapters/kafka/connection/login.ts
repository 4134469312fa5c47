/** Logging in to brokers: the client's options, and the credentials behind them. */
import { AuthenticationError, type ConnectionOptions, type SASLOptions } from '@platformatic/kafka';
import {
  type LoadedCredentials,
  type LoginSettings,
  loadCredentials,
  type TlsOptions,
  tokensOf,
  validityProblem,
} from '#adapters/kafka-access/login.ts';
import type { Credentials } from '#core/msk/credentials.ts';
import { type AuthKind, LOGINS } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';
import { authenticateScram } from './scram.ts';

/** One way to log in, with the current credentials. */
export interface Login {
  /**
   * For the client. Their content changes with the credentials; later connections use the new
   * content.
   */
  readonly options: Pick<ConnectionOptions, 'tls' | 'sasl'>;
  /**
   * Loads and checks credentials unless it holds some. Call it before each connection.
   *
   * @throws KafkaAuthError, SettingsError, or the error of the token signer
   */
  prepare(): Promise<void>;
  /**
   * The broker refused the login: the next `prepare` loads again. False when there was nothing to
   * load.
   */
  forget(): boolean;
}

/** What a SASL mechanism reads while it logs in. */
interface SaslInputs {
  credentials(): Credentials;
  token(): Promise<string>;
}

/** The protocol code of each login that uses SASL. */
const SASL: Readonly<Partial<Record<AuthKind, (inputs: SaslInputs) => SASLOptions>>> = {
  iam: ({ token }) => ({ mechanism: 'OAUTHBEARER', token, authBytesValidator: refuseToken }),
  scram: ({ credentials }) => ({
    mechanism: 'SCRAM-SHA-512',
    username: () => credentials().username ?? '',
    password: () => credentials().password ?? '',
    authenticate: authenticateScram,
  }),
};

/** @throws SettingsError when the settings lack what the login needs */
export function createLogin(settings: LoginSettings): Login {
  const { auth } = settings;
  let tokens = tokensOf(settings);
  if (!LOGINS[auth].tls) return { options: {}, prepare: async () => {}, forget: () => false };
  const held = holdCredentials(settings);
  const token = async () => (await tokens?.()) ?? '';
  const sasl = SASL[auth]?.({ credentials: held.credentials, token });
  return {
    options: { tls: held.tls, ...present({ sasl }) },
    async prepare() {
      await token(); // without AWS credentials there is no need to connect
      await held.prepare();
    },
    forget() {
      tokens = tokensOf(settings);
      return held.forget() || tokens !== undefined;
    },
  };
}

/**
 * Loads credentials when they are first needed, and keeps them until they expire or are forgotten.
 */
function holdCredentials(settings: LoginSettings) {
  const tls: TlsOptions = {};
  let current: LoadedCredentials = { credentials: {}, tls };
  let loading: Promise<void> | undefined;
  const load = async () => {
    current = await loadCredentials(settings);
    // The client copies these into each connection that it begins.
    for (const key of TLS_KEYS) delete tls[key];
    Object.assign(tls, current.tls);
  };
  return {
    tls,
    credentials: () => current.credentials,
    async prepare() {
      if (validityProblem(tls, settings.clock) !== undefined) loading = undefined; // perhaps it was renewed
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      await loading;
    },
    forget() {
      const hadSome = loading !== undefined;
      loading = undefined;
      return hadSome;
    },
  };
}

const TLS_KEYS = ['ca', 'cert', 'key', 'passphrase'] as const;

/**
 * A broker refuses a token by a success that contains the refusal (RFC 7628). The client does not
 * look into it.
 */
const refuseToken: NonNullable<SASLOptions['authBytesValidator']> = (bytes, callback) => {
  const status = statusIn(bytes.toString('utf8'));
  if (status === undefined) callback(null, bytes);
  else callback(new AuthenticationError(`the token is not taken: ${status}`), bytes);
};

function statusIn(text: string): string | undefined {
  try {
    const { status } = JSON.parse(text);
    return typeof status === 'string' ? status : undefined;
  } catch {
    return undefined; // nothing, or words of success
  }
}
