/** The options that hold what a login needs. A password is no option: a list of processes shows those. */

import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { messageOf, SettingsError } from '#core/errors.ts';
import type { AuthKind, Credentials, CredentialsSource } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

export interface CredentialFlags {
  readonly username?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly secret?: string;
  /** AWS Region of the secret. */
  readonly region?: string;
}

/** Environment variables for what must not be an option. */
const PASSWORD_ENV = 'MSK_PASSWORD';
const PASSPHRASE_ENV = 'MSK_KEY_PASSPHRASE';

/** Which kinds of login an option is for. */
const USED_BY = {
  username: ['scram'],
  passwordFile: ['scram'],
  ca: ['iam', 'scram', 'mtls', 'tls'],
  cert: ['mtls'],
  key: ['mtls'],
  secret: ['scram', 'mtls', 'tls'],
} as const satisfies Partial<Record<keyof CredentialFlags, readonly AuthKind[]>>;

type OptionKey = keyof typeof USED_BY;

const OPTIONS = ['username', 'passwordFile', 'ca', 'cert', 'key', 'secret'] as const satisfies readonly OptionKey[];

const isFor = (key: OptionKey, auth: AuthKind): boolean => (USED_BY[key] as readonly AuthKind[]).includes(auth);

const optionOf = (key: OptionKey): string => (key === 'passwordFile' ? '--password-file' : `--${key}`);

/** Gives a command the options. */
export function withCredentials(command: Command): Command {
  return command
    .addOption(new Option('--username <name>', 'for --auth scram').env('MSK_USERNAME'))
    .option('--password-file <file>', `for --auth scram; or set ${PASSWORD_ENV}`)
    .option('--ca <file>', "PEM of the cluster's authorities, when they are not the public ones")
    .option('--cert <file>', "PEM of the client's certificate, for --auth mtls")
    .option('--key <file>', `PEM of its private key; the passphrase of an encrypted one in ${PASSPHRASE_ENV}`)
    .option(
      '--secret <arn>',
      'instead of these, a secret of Secrets Manager that holds them, as the functions read it',
    );
}

/**
 * A source that reads the files and variables, or the secret, at each call; `undefined` when the login needs none and none are given.
 *
 * @throws SettingsError naming every option that is missing, or is of no use to this kind of login
 */
export function credentialsOf(
  auth: AuthKind,
  flags: CredentialFlags,
  env: Readonly<Record<string, string | undefined>>,
): CredentialsSource | undefined {
  const problems = [...missing(auth, flags, env), ...useless(auth, flags)];
  if (problems.length > 0) throw new SettingsError(problems);
  if (flags.secret !== undefined) return secretSource(auth, flags.secret, flags.region);
  const isGiven = OPTIONS.some((key) => flags[key] !== undefined && isFor(key, auth));
  return isGiven ? () => load(flags, env) : undefined;
}

/** The client of AWS is loaded where it is needed: it takes a while. */
function secretSource(auth: AuthKind, secretId: string, region: string | undefined): CredentialsSource {
  return async () => {
    const { createSecretCredentials } = await import('#adapters/secrets-manager/credentials.ts');
    return createSecretCredentials({ secretId, auth, ...present({ region }) })();
  };
}

function missing(auth: AuthKind, flags: CredentialFlags, env: Readonly<Record<string, string | undefined>>): string[] {
  if (flags.secret !== undefined) return [];
  const problems: string[] = [];
  if (auth === 'scram') {
    if (!flags.username) problems.push('--username is missing: --auth scram needs it, or MSK_USERNAME');
    if (!flags.passwordFile && !env[PASSWORD_ENV]) {
      problems.push(`--password-file is missing: --auth scram needs it, or ${PASSWORD_ENV}`);
    }
  }
  if (auth === 'mtls') {
    if (!flags.cert) problems.push('--cert is missing: --auth mtls needs the PEM file of the client certificate');
    if (!flags.key) problems.push('--key is missing: --auth mtls needs the PEM file of the private key');
  }
  return problems;
}

/** Options of another kind of login are a mistake, and so are two sources; a variable of the environment is none. */
function useless(auth: AuthKind, flags: CredentialFlags): string[] {
  const given = OPTIONS.filter((key) => key !== 'username' && flags[key] !== undefined);
  const wrong = given
    .filter((key) => !isFor(key, auth))
    .map((key) => `${optionOf(key)} is of no use to --auth ${auth}; it is for --auth ${USED_BY[key].join(', ')}`);
  const beside = given.filter((key) => key !== 'secret' && isFor(key, auth)).map(optionOf);
  if (flags.secret === undefined || beside.length === 0) return wrong;
  return [...wrong, `--secret holds what ${beside.join(' and ')} would give; give one or the other`];
}

async function load(
  { username, passwordFile, ca, cert, key }: CredentialFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials> {
  // Editors and `echo` end a file with a line feed, which is no part of a password.
  const password =
    passwordFile === undefined ? env[PASSWORD_ENV] : (await read('--password-file', passwordFile))?.trimEnd();
  const entries = {
    username,
    password,
    ca: await read('--ca', ca),
    certificate: await read('--cert', cert),
    privateKey: await read('--key', key),
    passphrase: env[PASSPHRASE_ENV],
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== ''));
}

async function read(option: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SettingsError([`${option} ${JSON.stringify(file)} cannot be read: ${messageOf(error)}`]);
  }
}
