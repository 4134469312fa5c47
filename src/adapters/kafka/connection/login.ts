/** Logging in to brokers: what the client is given for it, and what is checked before a broker is bothered. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { AuthenticationError, type ConnectionOptions, type SASLOptions } from '@platformatic/kafka';
import { KafkaAuthError, SettingsError } from '#core/errors.ts';
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
import { authenticateScram } from './scram.ts';

export interface LoginSettings {
  readonly auth: AuthKind;
  /** Of the cluster; `iam` needs it, unless it is given a token. */
  readonly region?: string;
  /** `scram` and `mtls` need it; all but `plaintext` trust the `ca` in it. */
  readonly credentials?: CredentialsSource;
  /** Tokens of `iam`; those that MSK takes, signed on this machine, when left out. */
  readonly token?: () => Promise<string>;
  readonly clock: Clock;
}

/** One way to log in, with the credentials of this moment. */
export interface Login {
  /** For the client. Their content changes with the credentials: connections that begin later are made with it. */
  readonly options: Pick<ConnectionOptions, 'tls' | 'sasl'>;
  /**
   * Before each connection: loads credentials, unless there are some, and checks them.
   *
   * @throws KafkaAuthError, SettingsError, or what the signer of tokens throws
   */
  prepare(): Promise<void>;
  /** The login was refused: the next `prepare` loads anew. False when nothing was loaded, so that nothing can change. */
  forget(): boolean;
}

/** @throws SettingsError when the kind of login lacks what it needs */
export function createLogin(settings: LoginSettings): Login {
  const { auth } = settings;
  if (auth === 'plaintext') return { options: {}, prepare: async () => {}, forget: () => false };
  if (auth === 'iam') return iamLogin(settings);
  if (settings.credentials === undefined && needsCredentials(auth)) {
    throw new SettingsError([`auth ${auth} needs credentials; got no source of them`]);
  }
  return certifiedLogin(settings);
}

function iamLogin(settings: LoginSettings): Login {
  const token = settings.token ?? signedTokens(settings);
  const trust = held(settings);
  let source = token;
  return {
    options: {
      tls: trust.tls,
      sasl: { mechanism: 'OAUTHBEARER', token: () => source(), authBytesValidator: refuseToken },
    },
    async prepare() {
      await source(); // without AWS credentials no broker needs to be bothered
      await trust.prepare();
    },
    forget() {
      source = settings.token ?? signedTokens(settings);
      return true;
    },
  };
}

function signedTokens({ region, clock }: LoginSettings): () => Promise<string> {
  if (region === undefined) throw new SettingsError(['auth iam needs the region of the cluster; got none']);
  return tokenSource(region, clock);
}

function certifiedLogin(settings: LoginSettings): Login {
  const store = held(settings);
  const { tls, prepare, forget } = store;
  if (settings.auth !== 'scram') return { options: { tls }, prepare, forget };
  const sasl = {
    mechanism: 'SCRAM-SHA-512' as const,
    username: () => store.held().username ?? '',
    password: () => store.held().password ?? '',
    authenticate: authenticateScram,
  };
  return { options: { tls, sasl }, prepare, forget };
}

/** A broker refuses a token with a success whose content is the refusal (RFC 7628), which the client does not look at. */
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

/** Credentials that are loaded when first needed and then kept, and the TLS options that follow from them. */
function held({ auth, credentials = async () => ({}), clock }: LoginSettings) {
  const tls: NonNullable<ConnectionOptions['tls']> = {};
  let current: Credentials = {};
  let loading: Promise<void> | undefined;
  const load = async () => {
    const loaded = await credentials();
    const missing = missingCredentials(auth, loaded);
    if (missing.length > 0)
      throw new SettingsError([`auth ${auth} needs ${missing.join(' and ')}; the credentials lack it`]);
    current = loaded;
    // The client copies these into each connection that it begins.
    for (const key of TLS_KEYS) delete tls[key];
    Object.assign(tls, tlsOf(auth, loaded));
  };
  return {
    tls,
    held: () => current,
    async prepare() {
      if (certificateProblem(auth, current, clock) !== undefined) loading = undefined; // perhaps it was renewed
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      await loading;
      const problem = certificateProblem(auth, current, clock);
      if (problem !== undefined) throw new KafkaAuthError(problem);
    },
    forget() {
      const hadSome = loading !== undefined;
      loading = undefined;
      return hadSome;
    },
  };
}

const TLS_KEYS = ['ca', 'cert', 'key', 'passphrase'] as const;

function tlsOf(auth: AuthKind, { ca, certificate, privateKey, passphrase }: Credentials) {
  if (ca !== undefined) readCertificate(ca, 'ca');
  const trusted = present({ ca });
  if (auth !== 'mtls' || certificate === undefined || privateKey === undefined) return trusted;
  const own = readCertificate(certificate, 'certificate');
  const key = readKey(privateKey, passphrase);
  if (!own.checkPrivateKey(key))
    throw new SettingsError(['the client certificate and the private key do not belong together']);
  return { ...trusted, cert: certificate, key: privateKey, ...present({ passphrase }) };
}

function readCertificate(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new SettingsError([`${name} is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----`]);
  }
}

function readKey(pem: string, passphrase: string | undefined) {
  try {
    return createPrivateKey({ key: pem, ...present({ passphrase }) });
  } catch {
    const hint = passphrase === undefined ? 'is it encrypted, and its passphrase missing?' : 'is the passphrase right?';
    throw new SettingsError([`privateKey cannot be read: it must be a private key in PEM; ${hint}`]);
  }
}

/** Why a broker would refuse the client certificate: its own words do not tell one that has expired from one it does not know. */
function certificateProblem(auth: AuthKind, { certificate }: Credentials, clock: Clock): string | undefined {
  if (auth !== 'mtls' || certificate === undefined) return undefined;
  const { validToDate, validFromDate } = new X509Certificate(certificate);
  if (validToDate.getTime() < clock.nowMs()) {
    return `the client certificate expired at ${validToDate.toISOString()}; put a new one in its place`;
  }
  if (validFromDate.getTime() <= clock.nowMs()) return undefined;
  return `the client certificate is not valid before ${validFromDate.toISOString()}`;
}
