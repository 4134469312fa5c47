/** Checks of the props at synth. One error names all problems. */
import { Token } from 'aws-cdk-lib';
import { SettingsError } from '#core/errors.ts';
import { bootstrapField, LOGINS } from '#core/msk/logins.ts';
import { chosenSettings, parseSettings, type Settings } from '#core/settings.ts';
import { lockProblem } from '#lib/runbook/run-time.ts';
import type { LagWatcherProps, WatchingProps } from './lag-watcher-props.ts';

const CLUSTER_ARN = /^arn:[^:]+:kafka:[^:]+:[^:]+:cluster\/([^/]+)\/[^/]+$/;
const SECRET_ARN = /^arn:[^:*?]+:secretsmanager:[^:*?]+:\d{12}:secret:[^:*?]+-[A-Za-z0-9]{6}$/;
const KEY_ARN = /^arn:[^:*?]+:kms:[^:*?]+:\d{12}:key\/[A-Za-z0-9-]+$/;
/** Safe in a query, in the names of alarms, and as the value of a dimension. */
const CLUSTER_NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** The rule of ECS. It also keeps wildcards out of the ARNs in policies. */
const ECS_NAME = /^[A-Za-z0-9_-]{1,255}$/;
/** The description of an alarm has room for 1,024 characters. */
const RUNBOOK_URL = /^[!-"$-~]{1,300}$/;
/**
 * Lambda allows 4,096 bytes of environment. The rest is for names that only the deployment knows.
 */
const MAX_SETTINGS_BYTES = 3_500;

/** Seconds; twice the interval of reconcile. */
const MIN_RECONCILE_AFTER = 600;

/** The props that can be checked without the constructs among them. */
export type CheckedProps = WatchingProps &
  Pick<
    LagWatcherProps,
    'clusterArn' | 'clusterName' | 'authSecretKeyArn' | 'pollReservedConcurrency' | 'runbookUrl' | 'incidentRetention'
  >;

/**
 * Keys of the props that are settings. If `satisfies` fails, `WatchingProps` has a key that the
 * schema in `src/core/settings.ts` lacks: add it there, or move the prop to `LagWatcherProps`.
 */
const CHOSEN = Object.keys(chosenSettings satisfies Record<keyof WatchingProps, unknown>) as Chosen[];
type Chosen = keyof typeof chosenSettings;

/**
 * If an index here fails, the schema has a key that `WatchingProps` lacks: add it there, with its
 * documentation.
 */
const chosenFrom = (props: WatchingProps) =>
  Object.fromEntries(CHOSEN.map((key) => [key, props[key]] as const).filter(([, value]) => value !== undefined));

/**
 * The settings in the props, without the names of the stack's resources.
 *
 * @throws SettingsError naming everything that is wrong
 */
export function settingsFromProps(props: CheckedProps): Settings {
  const { clusterArn, bootstrapBrokers } = props;
  const clusterName = props.clusterName ?? nameInArn(clusterArn);
  const problems = [...clusterProblems(props, clusterName), ...otherProblems(props)];
  const parsed = tryParse({
    ...chosenFrom(props),
    // A stand-in where the name itself is wrong, so that the other settings are checked too.
    clusterName: clusterName ?? '-',
    ...(bootstrapBrokers === undefined ? { clusterArn } : {}),
  });
  const others = parsed instanceof SettingsError ? parsed.message.split('\n') : settingsProblems(parsed);
  if (parsed instanceof SettingsError || problems.length + others.length > 0) {
    throw new SettingsError([...problems, ...others]);
  }
  return parsed;
}

function tryParse(input: unknown): Settings | SettingsError {
  try {
    return parseSettings(input);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}

const nameInArn = (arn: string): string | undefined =>
  Token.isUnresolved(arn) ? undefined : CLUSTER_ARN.exec(arn)?.[1];

function clusterProblems({ clusterArn }: CheckedProps, name: string | undefined): string[] {
  const problems: string[] = [];
  if (!Token.isUnresolved(clusterArn) && !CLUSTER_ARN.test(clusterArn)) {
    problems.push(
      `clusterArn: ${JSON.stringify(clusterArn)} is not the ARN of an MSK cluster; ` +
        'allowed is arn:<partition>:kafka:<region>:<account>:cluster/<name>/<uuid>',
    );
  } else if (name === undefined) {
    problems.push('clusterName: is not known, since clusterArn is a token; set it');
  }
  if (name === undefined) return problems;
  if (Token.isUnresolved(name)) {
    problems.push('clusterName: is a token, and a query needs its text; set a literal text');
  } else if (!CLUSTER_NAME.test(name)) {
    problems.push(
      `clusterName: is ${JSON.stringify(name)}; allowed are 1 to 64 letters, digits, dots, underscores and hyphens`,
    );
  }
  return problems;
}

function otherProblems({
  bootstrapBrokers,
  auth = 'iam',
  authSecretArn,
  authSecretKeyArn,
  pollReservedConcurrency: reserved,
  incidentRetention,
  runbookUrl,
}: CheckedProps): string[] {
  const problems = [...brokerProblems(bootstrapBrokers, auth), ...secretProblems(authSecretArn, authSecretKeyArn)];
  if (reserved !== undefined && reserved !== 'none' && (!Number.isInteger(reserved) || reserved < 1)) {
    problems.push(`pollReservedConcurrency: is ${reserved}; allowed are whole numbers from 1, and none`);
  }
  if (runbookUrl !== undefined && !Token.isUnresolved(runbookUrl) && !RUNBOOK_URL.test(runbookUrl)) {
    problems.push(
      `runbookUrl: is ${JSON.stringify(runbookUrl)}; allowed are addresses of up to 300 characters, without blanks, and without a # (each article adds its own)`,
    );
  }
  if (incidentRetention !== undefined && incidentRetention.toDays({ integral: false }) < 1) {
    problems.push(`incidentRetention: is ${incidentRetention.toHumanString()}; set at least a day`);
  }
  return problems;
}

function secretProblems(secretArn: string | undefined, keyArn: string | undefined): string[] {
  const problems: string[] = [];
  if (secretArn !== undefined && !Token.isUnresolved(secretArn) && !SECRET_ARN.test(secretArn)) {
    problems.push(
      `authSecretArn: ${JSON.stringify(secretArn)} is not the whole ARN of a secret; ` +
        'allowed is arn:<partition>:secretsmanager:<region>:<account>:secret:<name>-<six characters>',
    );
  }
  if (keyArn === undefined) return problems;
  if (secretArn === undefined) problems.push('authSecretKeyArn: is set without authSecretArn; set both');
  if (!Token.isUnresolved(keyArn) && !KEY_ARN.test(keyArn)) {
    problems.push(
      `authSecretKeyArn: ${JSON.stringify(keyArn)} is not the ARN of a KMS key; ` +
        'allowed is arn:<partition>:kms:<region>:<account>:key/<id>',
    );
  }
  return problems;
}

function brokerProblems(bootstrapBrokers: string | undefined, auth: Settings['auth']): string[] {
  if (bootstrapBrokers === undefined || Token.isUnresolved(bootstrapBrokers)) return [];
  const wrong = bootstrapBrokers.split(',').filter((entry) => !/^[^\s/:]+:[1-9]\d{0,4}$/.test(entry.trim()));
  // JavaScript may pass an auth that does not exist; the schema reports it.
  const login = LOGINS[auth];
  const field = login === undefined ? 'a bootstrap string' : bootstrapField(login, 'private');
  const wanted = `set ${field}, whose port is ${login?.port ?? 'that of auth'}`;
  return wrong.map((entry) => `bootstrapBrokers: ${JSON.stringify(entry)} must be host:port; ${wanted}`);
}

function settingsProblems(settings: Settings): string[] {
  const { timing, services } = settings;
  const { pollIntervalSeconds } = timing;
  const problems: string[] = [];
  if (pollIntervalSeconds % 60 !== 0 || pollIntervalSeconds > 1_800) {
    problems.push(`timing.pollIntervalSeconds: is ${pollIntervalSeconds}; allowed are whole minutes from 60 to 1800`);
  }
  for (const key of ['recheckWaitSeconds', 'convergeWaitSeconds', 'verifyWaitSeconds', 'lockSeconds'] as const) {
    if (!Number.isInteger(timing[key])) problems.push(`timing.${key}: is ${timing[key]}; allowed are whole seconds`);
  }
  for (const [index, service] of services.entries()) {
    for (const key of ['ecsCluster', 'ecsService'] as const) {
      if (Token.isUnresolved(service[key]) || ECS_NAME.test(service[key])) continue;
      const name = JSON.stringify(service[key]);
      problems.push(
        `services.${index}.${key}: is ${name}; allowed is a name (no ARN) of letters, digits, underscores and hyphens`,
      );
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(settings));
  if (bytes > MAX_SETTINGS_BYTES) {
    problems.push(
      `settings: take ${bytes} bytes of a function's environment, and ${MAX_SETTINGS_BYTES} are allowed; list fewer services or thresholds`,
    );
  }
  if (timing.reconcileAfterSeconds < MIN_RECONCILE_AFTER) {
    problems.push(
      `timing.reconcileAfterSeconds: is ${timing.reconcileAfterSeconds}; allowed are ${MIN_RECONCILE_AFTER} to 86400, ` +
        'since each run sends a report',
    );
  }
  const lock = lockProblem(settings);
  return lock === undefined ? problems : [...problems, lock];
}
