/**
 * The options that hold what a login needs. A password is not an option: a list of processes shows
 * those.
 */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { messageOf, SettingsError } from '#core/errors.ts';
import type { Credentials, CredentialsSource } from '#core/msk/credentials.ts';
import { type AuthKind, authKindsWhere, type CredentialKey, LOGINS, usesCredential } from '#core/msk/logins.ts';
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

type Env = Readonly<Record<string, string | undefined>>;

type OptionKey = Exclude<keyof CredentialFlags, 'region' | 'secret'>;

interface CredentialOption {
  readonly key: OptionKey;
  /** As a person writes it. */
  readonly name: string;
  /** What it holds. */
  readonly gives: CredentialKey;
  /** What to give when a login needs it: completes "--auth scram needs". */
  readonly wanted: string;
  /** Environment variable that may hold the same. */
  readonly env?: string;
}

/** The options, and which of a login's credentials each holds. */
const OPTIONS: readonly CredentialOption[] = [
  { key: 'username', name: '--username', gives: 'username', wanted: 'it, or MSK_USERNAME' },
  {
    key: 'passwordFile',
    name: '--password-file',
    gives: 'password',
    wanted: `it, or ${PASSWORD_ENV}`,
    env: PASSWORD_ENV,
  },
  { key: 'ca', name: '--ca', gives: 'ca', wanted: "the PEM file of the cluster's authorities" },
  { key: 'cert', name: '--cert', gives: 'certificate', wanted: 'the PEM file of the client certificate' },
  { key: 'key', name: '--key', gives: 'privateKey', wanted: 'the PEM file of the private key' },
];

/** Gives a command the options. */
export function withCredentials(command: Command): Command {
  const kinds = (gives: CredentialKey) => `for --auth ${kindsUsing(gives)}`;
  return command
    .addOption(new Option('--username <name>', kinds('username')).env('MSK_USERNAME'))
    .option('--password-file <file>', `${kinds('password')}; or set ${PASSWORD_ENV}`)
    .option('--ca <file>', "PEM of the cluster's authorities, when they are not the public ones")
    .option('--cert <file>', `PEM of the client's certificate, ${kinds('certificate')}`)
    .option('--key <file>', `PEM of its private key; the passphrase of an encrypted one in ${PASSPHRASE_ENV}`)
    .option(
      '--secret <arn>',
      'instead of these, a secret of Secrets Manager that holds them, as the functions read it',
    );
}

const kindsUsing = (gives: CredentialKey): string => authKindsWhere((login) => usesCredential(login, gives)).join(', ');

/**
 * A source that reads the files and variables, or the secret, at each call. `undefined` when the
 * login needs no credentials and no option gives any.
 *
 * @throws SettingsError naming every option that is missing, or that this kind of login does not
 * use
 */
export function credentialsOf(auth: AuthKind, flags: CredentialFlags, env: Env): CredentialsSource | undefined {
  const problems = [...missing(auth, flags, env), ...unused(auth, flags)];
  if (problems.length > 0) throw new SettingsError(problems);
  if (flags.secret !== undefined) return secretSource(auth, flags.secret, flags.region);
  const isGiven = OPTIONS.some(({ key, gives }) => flags[key] !== undefined && usesCredential(LOGINS[auth], gives));
  return isGiven ? () => load(flags, env) : undefined;
}

/** Loads the AWS client only when it is needed: that takes a while. */
function secretSource(auth: AuthKind, secretId: string, region: string | undefined): CredentialsSource {
  return async () => {
    const { createSecretCredentials } = await import('#adapters/secrets-manager/credentials.ts');
    return createSecretCredentials({ secretId, auth, ...present({ region }) })();
  };
}

function missing(auth: AuthKind, flags: CredentialFlags, env: Env): string[] {
  if (flags.secret !== undefined) return [];
  return OPTIONS.filter(
    ({ key, gives, env: name }) => LOGINS[auth].needs.includes(gives) && !flags[key] && !(name && env[name]),
  ).map(({ name, wanted }) => `${name} is missing: --auth ${auth} needs ${wanted}`);
}

/**
 * Options of another kind of login are a mistake, and so are two sources. Environment variables may
 * be set anyway.
 */
function unused(auth: AuthKind, flags: CredentialFlags): string[] {
  const login = LOGINS[auth];
  const given = OPTIONS.filter(({ key }) => key !== 'username' && flags[key] !== undefined);
  const problem = (name: string, kinds: string) => `${name} is of no use to --auth ${auth}; it is for --auth ${kinds}`;
  const problems = given
    .filter(({ gives }) => !usesCredential(login, gives))
    .map(({ name, gives }) => problem(name, kindsUsing(gives)));
  if (flags.secret === undefined) return problems;
  if (!login.takesSecret) {
    problems.push(problem('--secret', authKindsWhere(({ takesSecret }) => takesSecret).join(', ')));
  }
  const beside = given.filter(({ gives }) => usesCredential(login, gives)).map(({ name }) => name);
  if (beside.length === 0) return problems;
  return [...problems, `--secret holds what ${beside.join(' and ')} would give; give one or the other`];
}

async function load({ username, passwordFile, ca, cert, key }: CredentialFlags, env: Env): Promise<Credentials> {
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
