/** What every client needs to log in: settings, credentials that were checked, and TLS options. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KafkaAuthError, SettingsError } from '#core/errors.ts';
import { type Credentials, type CredentialsSource, missingCredentials } from '#core/msk/credentials.ts';
import { type AuthKind, LOGINS, needsCredentials, showsCertificate } from '#core/msk/logins.ts';
import type { Clock } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { tokenSource } from './iam-token.ts';

export interface LoginSettings {
  readonly auth: AuthKind;
  /** AWS Region of the cluster. `iam` needs it, unless it is given a token. */
  readonly region?: string;
  /** `scram` and `mtls` need it; all but `plaintext` trust its `ca`. */
  readonly credentials?: CredentialsSource;
  /** Tokens of `iam`. Default: tokens that MSK accepts, signed on this machine. */
  readonly token?: () => Promise<string>;
  readonly clock: Clock;
}

/** Options of Node's TLS, as both clients take them. Texts are in PEM. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
}

/** Credentials that were checked, and the TLS options that follow from them. */
export interface LoadedCredentials {
  readonly credentials: Credentials;
  readonly tls: TlsOptions;
}

/**
 * A source of login tokens; `undefined` for a login that needs none.
 *
 * @throws SettingsError when the settings lack what the login needs
 */
export function tokensOf({ auth, region, credentials, token, clock }: LoginSettings) {
  if (credentials === undefined && needsCredentials(auth)) {
    throw new SettingsError([`auth ${auth} needs credentials; got no source of them`]);
  }
  if (!LOGINS[auth].byIam) return undefined;
  if (token !== undefined) return token;
  if (region === undefined) throw new SettingsError([`auth ${auth} needs the region of the cluster; got none`]);
  return tokenSource(region, clock);
}

/**
 * Loads credentials and checks them, so that no broker sees wrong ones.
 *
 * @throws SettingsError when something is missing or malformed
 * @throws KafkaAuthError when they cannot be read, or the client certificate is not valid now
 */
export async function loadCredentials({ auth, credentials, clock }: LoginSettings): Promise<LoadedCredentials> {
  const loaded = (await credentials?.()) ?? {};
  const missing = missingCredentials(auth, loaded);
  if (missing.length > 0) {
    throw new SettingsError([`auth ${auth} needs ${missing.join(' and ')}; the credentials lack it`]);
  }
  const tls = tlsOf(auth, loaded);
  const problem = validityProblem(tls, clock);
  if (problem !== undefined) throw new KafkaAuthError(problem);
  return { credentials: loaded, tls };
}

function tlsOf(auth: AuthKind, { ca, certificate, privateKey, passphrase }: Credentials): TlsOptions {
  if (ca !== undefined) readCertificate(ca, 'ca');
  const trusted = present({ ca });
  if (!showsCertificate(LOGINS[auth]) || certificate === undefined || privateKey === undefined) return trusted;
  const own = readCertificate(certificate, 'certificate');
  const key = readKey(privateKey, passphrase);
  if (!own.checkPrivateKey(key)) {
    throw new SettingsError(['the client certificate and the private key do not belong together']);
  }
  return { ...trusted, cert: certificate, key: privateKey, ...present({ passphrase }) };
}

function readCertificate(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new SettingsError([`${name} is not a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`]);
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

/**
 * Why the client certificate is not valid now; `undefined` when it is, or when there is none.
 *
 * A broker's own words do not distinguish an expired certificate from an unknown one.
 */
export function validityProblem({ cert }: TlsOptions, clock: Clock): string | undefined {
  if (cert === undefined) return undefined;
  const { validToDate, validFromDate } = new X509Certificate(cert);
  if (validToDate.getTime() < clock.nowMs()) {
    return `the client certificate expired at ${validToDate.toISOString()}; replace it`;
  }
  if (validFromDate.getTime() <= clock.nowMs()) return undefined;
  return `the client certificate is not valid before ${validFromDate.toISOString()}`;
}
