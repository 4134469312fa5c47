/** The credentials of a login. Their content is never part of a message. */
import { z } from 'zod';
import { SettingsError } from '#core/errors.ts';
import { type AuthKind, type CredentialKey, LOGINS } from './logins.ts';

const text = z.string().min(1).exactOptional();

/** As in a secret. MSK's own (`AmazonMSK_…`) may hold more keys, which are ignored. */
const credentialsSchema = z.object({
  username: text,
  password: text,
  /** The client's, with those of its intermediate authorities after it. */
  certificate: text,
  privateKey: text,
  /** Of an encrypted private key. */
  passphrase: text,
  /** Authorities to trust instead of the public ones that Node knows. */
  ca: text,
} satisfies Record<CredentialKey, typeof text>);

/** What a login needs beside its kind. A login ignores what its kind does not use. */
export type Credentials = z.infer<typeof credentialsSchema>;

/**
 * Loads the current credentials. Each call loads again, and so finds a changed password or
 * certificate.
 *
 * @throws SettingsError when the stored credentials are not of this kind
 * @throws KafkaAuthError when they cannot be read
 */
export type CredentialsSource = () => Promise<Credentials>;

/** Keys that the login needs and the credentials lack. */
export const missingCredentials = (auth: AuthKind, credentials: Credentials): readonly CredentialKey[] =>
  LOGINS[auth].needs.filter((key) => (credentials[key] ?? '') === '');

/**
 * Credentials from JSON. Messages call its origin `place`.
 *
 * @throws SettingsError naming keys, never their values
 */
export function parseCredentials(auth: AuthKind, json: string, place: string): Credentials {
  const needed = LOGINS[auth].needs.map((key) => JSON.stringify(key)).join(' and ') || '"ca"';
  const problem = (what: string) =>
    new SettingsError([`${place} ${what}; auth ${auth} needs a JSON object with ${needed}`]);
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch {
    throw problem('is not JSON'); // without the cause: the parser's message quotes the input
  }
  const parsed = credentialsSchema.safeParse(input);
  if (!parsed.success) throw problem(shapeProblem(parsed.error));
  const missing = missingCredentials(auth, parsed.data);
  if (missing.length === 0) return parsed.data;
  throw problem(`has no ${missing.map((key) => JSON.stringify(key)).join(' and no ')}`);
}

function shapeProblem({ issues }: z.ZodError): string {
  if (issues.some(({ path }) => path.length === 0)) return 'is JSON but not an object';
  const keys = issues.map(({ path }) => JSON.stringify(path.join('.')));
  return `has no text, or an empty one, in ${keys.join(' and ')}`;
}
