/**
 * The one table of settings: written by the construct into each function's environment, read back by the handler,
 * and made by the local stand. Durations are seconds; those under `timing` are what a time scale may shorten.
 */
import { z } from 'zod';
import type { AgeBudget } from '#core/ages/budget.ts';
import { capacityOf, clusterSeries, seriesBudgetSchema } from '#core/cost/series-plan.ts';
import { defaultThresholdSchema, scaleThreshold, thresholdSchema, thresholdsOf } from '#core/group/thresholds.ts';
import { ISOLATION_LEVELS, type IsolationLevel } from '#core/lag/lag.ts';
import { MAX_SHARDS } from '#core/metrics/alarm-shards.ts';
import { METRICS_TIERS } from '#core/metrics/catalogue.ts';
import { AUTH_KINDS, authKindsWhere, LOGINS, needsCredentials } from '#core/msk/logins.ts';
import { filtersSchema } from '#core/names/filters.ts';
import { firstMatch, patternSchema } from '#core/names/patterns.ts';
import type { ServiceId } from '#core/runbook/service.ts';
import { describeIssues } from '#core/text/issues.ts';
import { messageOf, SettingsError } from './errors.ts';

/** Ways of metrics to CloudWatch. */
export const METRIC_SINKS = ['emf', 'put-metric-data'] as const;

const seconds = (fallback: number) => z.number().positive().default(fallback);

const timingSchema = z.strictObject({
  /** Between two polls; also the period of the alarms. */
  pollIntervalSeconds: seconds(60),
  /** Window over which rates are measured and statuses judged. At most the hour that history reaches back. */
  rateWindowSeconds: z.number().positive().max(3_600).default(300),
  /** Between two looks while a scaled group settles. */
  convergeWaitSeconds: seconds(30),
  /** Between two looks while waiting for the effect of a scaling. */
  verifyWaitSeconds: seconds(60),
  /** Wait before a second look when the first one could not decide. */
  recheckWaitSeconds: seconds(120),
  /** How long a lock outlives a run that died. Above the runbook's longest run. */
  lockSeconds: seconds(4_200),
  /** No second scaling of a service within this time. */
  cooldownSeconds: seconds(600),
  /** A backlog is to be worked off within this time; sizes the step. */
  drainTargetSeconds: seconds(900),
  /** From a group's change into ALARM to the run that reconcile starts for it, unless the event of the change has started one. */
  eventTurnSeconds: z.number().positive().max(3_600).default(300),
  /** From the end of a group's run to the next one while it stays in ALARM, and to giving back what a run left raised. */
  reconcileAfterSeconds: z.number().positive().max(86_400).default(3_600),
});

const serviceSchema = z.strictObject({
  /** Exact group id. */
  group: z.string().min(1),
  ecsCluster: z.string().min(1),
  ecsService: z.string().min(1),
  /** Never scale above this many tasks; absent: the partition limit alone. */
  maxTasks: z.number().int().positive().exactOptional(),
});

const isolationSchema = z.strictObject({
  /** Pattern of group ids. */
  groups: patternSchema,
  level: z.enum(ISOLATION_LEVELS),
});

export const settingsSchema = z.strictObject({
  /** Value of the ClusterName dimension. */
  clusterName: z.string().min(1),
  /** `host:port`, comma separated; absent: the function `discover` finds them by `clusterArn`. */
  bootstrapBrokers: z.string().min(1).exactOptional(),
  /** Of the MSK cluster; only where its brokers are to be discovered. */
  clusterArn: z.string().min(1).exactOptional(),
  /** How to log in to the brokers: `core/credentials.ts` says what each kind is. */
  auth: z.enum(AUTH_KINDS).default('iam'),
  /** Secret in Secrets Manager that holds the login's credentials as JSON; `scram` and `mtls` need it. */
  authSecretArn: z.string().min(1).exactOptional(),
  /** Deadline of one reading of the brokers. */
  kafkaTimeoutSeconds: z.number().positive().max(40).default(20),
  /** `recommend`: everything but the change. `scale`: the change too. */
  mode: z.enum(['recommend', 'scale']).default('recommend'),
  /** How much lag is too much, for groups and kinds of threshold that `thresholds` does not speak of. */
  defaultThreshold: defaultThresholdSchema.prefault({}),
  /** The first whose pattern means the group counts; what it leaves out is as in `defaultThreshold`. */
  thresholds: z.array(thresholdSchema).default([]),
  /** Lag alarms that share the groups, which CloudWatch lets watch 500 each. A change moves groups from one to another. */
  alarmShards: z.number().int().min(1).max(MAX_SHARDS).default(1),
  /** How far groups read, which no broker tells; the first whose pattern means the group counts, else read_uncommitted. */
  isolation: z.array(isolationSchema).default([]),
  /** What is read at all. */
  filters: filtersSchema.prefault({}),
  services: z.array(serviceSchema).default([]),
  /** What each group publishes beside the cluster's own metrics; the catalogue says from which tier on each metric. */
  metricsTier: z.enum(METRICS_TIERS).default('default'),
  /** Limit of what is published; absent: none. `core/series-plan.ts` says who gets less. */
  seriesBudget: seriesBudgetSchema.exactOptional(),
  /** How metrics get to CloudWatch: as log lines (`emf`), or by its API (`put-metric-data`), which needs a way there. */
  metricsSink: z.enum(METRIC_SINKS).default('emf'),
  /** Requests to each leader that a poll may spend on the ages of unread records; 0: no ages. */
  ageRounds: z.number().int().min(0).max(40).default(17),
  /** Partitions, those with the oldest records first, whose age a poll brings to within a second or 2 %. */
  agePartitions: z.number().int().min(0).default(200),
  /** Polls kept in history, thinned with age to reach back an hour; fewer where so many do not fit. */
  historySamples: z.number().int().min(2).max(240).default(60),
  /** Share of a consumer's measured rate that a plan counts on. */
  utilisation: z.number().gt(0).max(1).default(0.8),
  /** Most tasks added by one scaling; absent: no limit but the partitions. */
  maxStepTasks: z.number().int().positive().exactOptional(),
  /** Second looks before a run gives up deciding. */
  maxRechecks: z.number().int().min(0).max(10).default(2),
  /** Looks while a scaled group settles, before that counts as failed. */
  maxConvergeChecks: z.number().int().min(1).max(60).default(20),
  /** Looks for the effect of a scaling, before it counts as no help. */
  maxVerifyChecks: z.number().int().min(1).max(60).default(15),
  timing: timingSchema.prefault({}),
  /** Names of what the stack made; absent where no function needs it (CLI). */
  historyBucket: z.string().exactOptional(),
  stateTable: z.string().exactOptional(),
  topicArn: z.string().exactOptional(),
  stateMachineArn: z.string().exactOptional(),
});

export type Settings = z.infer<typeof settingsSchema>;
/** Settings as people write them: everything with a default may be left out. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type Timing = Settings['timing'];

/** Name of the environment variable that carries the settings, as JSON. */
export const SETTINGS_ENV = 'LAG_WATCHER_SETTINGS';

/**
 * Checks settings and fills in the defaults.
 *
 * @throws SettingsError naming every problem: the key, what is wrong, what is allowed
 */
export function parseSettings(input: unknown): Settings {
  const parsed = settingsSchema.safeParse(input);
  if (!parsed.success) throw new SettingsError(describeIssues(parsed.error, input));
  const problems = [
    ...withoutBrokers(parsed.data),
    ...duplicates(parsed.data),
    ...loginProblems(parsed.data),
    ...budgetProblems(parsed.data),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return parsed.data;
}

/** Reads settings from a function's environment. @throws SettingsError */
export function settingsFromEnv(env: Readonly<Record<string, string | undefined>>): Settings {
  const text = env[SETTINGS_ENV];
  if (text === undefined || text === '')
    throw new SettingsError([`${SETTINGS_ENV} is not set; it holds the settings as JSON`]);
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new SettingsError([`${SETTINGS_ENV} is not JSON: ${messageOf(error)}`]);
  }
  return parseSettings(input);
}

/** The same settings with every duration under `timing` and in thresholds multiplied, so that an hour can be shown in minutes. */
export function scaleTiming(settings: Settings, factor: number): Settings {
  const entries = Object.entries(settings.timing).map(([key, value]) => [key, value * factor] as const);
  return {
    ...settings,
    timing: timingSchema.parse(Object.fromEntries(entries)),
    defaultThreshold: scaleThreshold(settings.defaultThreshold, factor),
    thresholds: settings.thresholds.map((threshold) => scaleThreshold(threshold, factor)),
  };
}

/** What a poll may spend on ages; undefined: nothing. */
export function ageBudgetOf(settings: Settings): AgeBudget | undefined {
  const { ageRounds: rounds, agePartitions: precisePartitions } = settings;
  if (rounds === 0) return undefined;
  const thresholds = thresholdsOf(settings);
  const objectiveMsOf = (groupId: string) => {
    const { ageSeconds } = thresholds(groupId);
    return ageSeconds === undefined ? undefined : ageSeconds * 1000;
  };
  return { rounds, precisePartitions, objectiveMsOf };
}

/** How far each group reads. Patterns are compiled once, here. */
export function isolationOf({ isolation }: Pick<Settings, 'isolation'>): (groupId: string) => IsolationLevel {
  const entryOf = firstMatch(isolation);
  return (groupId) => entryOf(groupId)?.level ?? 'read_uncommitted';
}

/** The service declared for a group, and its own limit; undefined when none is declared. */
export function serviceOf(settings: Settings, groupId: string): { id: ServiceId; maxTasks?: number } | undefined {
  const entry = settings.services.find((candidate) => candidate.group === groupId);
  if (entry === undefined) return undefined;
  const id = { cluster: entry.ecsCluster, service: entry.ecsService };
  return entry.maxTasks === undefined ? { id } : { id, maxTasks: entry.maxTasks };
}

/** Groups that services and thresholds name; a pattern of thresholds that is more than a name names none. */
export const namedGroupsOf = ({
  thresholds,
  services,
}: Pick<Settings, 'thresholds' | 'services'>): readonly string[] => [
  ...new Set([
    ...thresholds.map(({ groups }) => groups).filter((pattern) => !/^\/|[*?{}\\]/.test(pattern)),
    ...services.map(({ group }) => group),
  ]),
];

function withoutBrokers({ bootstrapBrokers, clusterArn }: Settings): string[] {
  if (bootstrapBrokers !== undefined || clusterArn !== undefined) return [];
  return ['bootstrapBrokers: is missing; give host:port of brokers, or clusterArn so that they are discovered'];
}

function duplicates({ services, thresholds, isolation }: Settings): string[] {
  const listed = {
    'services: group': services.map((entry) => entry.group),
    'thresholds: groups': thresholds.map((entry) => entry.groups),
    'isolation: groups': isolation.map((entry) => entry.groups),
  };
  return Object.entries(listed).flatMap(([what, names]) => {
    const twice = new Set(names.filter((name, index) => names.indexOf(name) < index));
    return [...twice].map((name) => `${what} ${JSON.stringify(name)} is listed twice; keep one entry`);
  });
}

function budgetProblems({ seriesBudget }: Settings): string[] {
  if (capacityOf('minimal', seriesBudget) >= 1) return [];
  const taken = clusterSeries(seriesBudget);
  return [
    `seriesBudget: is ${JSON.stringify(seriesBudget)}, which leaves no room for a group: the cluster itself takes ${taken} series; ` +
      'allow more, or leave it out for no limit',
  ];
}

function loginProblems({ auth, authSecretArn }: Settings): string[] {
  if (needsCredentials(auth) && authSecretArn === undefined) {
    return [`authSecretArn: is missing; auth ${auth} needs the ARN of a secret with its credentials`];
  }
  if (authSecretArn !== undefined && !LOGINS[auth].takesSecret) {
    const others = authKindsWhere(({ takesSecret }) => takesSecret).join(' or ');
    return [`authSecretArn: is set, and auth ${auth} takes no credentials; leave it out, or set auth to ${others}`];
  }
  return [];
}
