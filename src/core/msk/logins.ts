/** How brokers are logged in to, and what that needs. Nothing here is ever part of a message. */
import { z } from 'zod';
import { SettingsError } from '#core/errors.ts';

/**
 * Kinds of login. `iam`: TLS and a locally signed MSK token. `scram`: SASL/SCRAM-SHA-512 over TLS. `mtls`: TLS with a
 * client certificate. `tls`: TLS alone. `plaintext`: neither TLS nor login.
 */
export const AUTH_KINDS = ['iam', 'scram', 'mtls', 'tls', 'plaintext'] as const;

export type AuthKind = (typeof AUTH_KINDS)[number];

/** Port of MSK's listener inside the VPC, by kind of login. */
export const AUTH_PORTS: Readonly<Record<AuthKind, number>> = {
  iam: 9098,
  scram: 9096,
  mtls: 9094,
  tls: 9094,
  plaintext: 9092,
};

const text = z.string().min(1).exactOptional();

/** As in a secret: MSK's own (`AmazonMSK_…`) hold username and password, and may hold more, which is left alone. */
const credentialsSchema = z.object({
  username: text,
  password: text,
  /** The client's, in PEM; those of its intermediate authorities after it. */
  certificate: text,
  /** In PEM. */
  privateKey: text,
  /** Of an encrypted private key. */
  passphrase: text,
  /** Authorities to trust instead of the public ones that Node knows, in PEM. */
  ca: text,
});

/** What a login needs beside its kind. What the kind does not need is ignored. */
export type Credentials = z.infer<typeof credentialsSchema>;

/**
 * Loads the credentials of this moment: anew at each call, so that a changed password or certificate is found.
 *
 * @throws SettingsError when what is stored is no credentials of this kind; KafkaAuthError when it cannot be read
 */
export type CredentialsSource = () => Promise<Credentials>;

const NEEDED: Readonly<Record<AuthKind, readonly (keyof Credentials)[]>> = {
  iam: [],
  scram: ['username', 'password'],
  mtls: ['certificate', 'privateKey'],
  tls: [],
  plaintext: [],
};

/** The kinds that do not work without a source of credentials. */
export const needsCredentials = (auth: AuthKind): boolean => NEEDED[auth].length > 0;

/** What the kind needs and the credentials lack. */
export const missingCredentials = (auth: AuthKind, credentials: Credentials): readonly (keyof Credentials)[] =>
  NEEDED[auth].filter((key) => (credentials[key] ?? '') === '');

/**
 * Credentials out of JSON. `place` is what a message calls it.
 *
 * @throws SettingsError naming keys alone, never what they hold
 */
export function parseCredentials(auth: AuthKind, json: string, place: string): Credentials {
  const wanted = `a JSON object with ${NEEDED[auth].map((key) => JSON.stringify(key)).join(' and ') || '"ca"'}`;
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch {
    throw new SettingsError([`${place} is not JSON; auth ${auth} needs ${wanted}`]); // the parser's words quote the input
  }
  const parsed = credentialsSchema.safeParse(input);
  const missing = parsed.success ? missingCredentials(auth, parsed.data) : [];
  if (parsed.success && missing.length === 0) return parsed.data;
  const wrong = parsed.success
    ? `has no ${missing.map((key) => JSON.stringify(key)).join(' and no ')}`
    : shapeProblem(parsed.error);
  throw new SettingsError([`${place} ${wrong}; auth ${auth} needs ${wanted}`]);
}

function shapeProblem({ issues }: z.ZodError): string {
  if (issues.some(({ path }) => path.length === 0)) return 'is JSON, and no object';
  const keys = issues.map(({ path }) => JSON.stringify(path.join('.')));
  return `has in ${keys.join(' and ')} no text, or an empty one`;
}
