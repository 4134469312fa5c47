/**
 * The one table of settings. The construct writes them into the environment of each function, and
 * the function reads them back. A new setting needs a key here, and a prop in
 * `lib/lag-watcher-props.ts` if people choose it; the configuration file takes its keys from here.
 * Durations are in seconds. A time scale may shorten those under `timing`.
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

/** How metrics reach CloudWatch. */
export const METRIC_SINKS = ['emf', 'put-metric-data'] as const;

const seconds = (fallback: number) => z.number().positive().default(fallback);

const timingSchema = z.strictObject({
  /** Between two polls. Also the period of the alarms. */
  pollIntervalSeconds: seconds(60),
  /** Window of rates and statuses. At most the hour that the history covers. */
  rateWindowSeconds: z.number().positive().max(3_600).default(300),
  /** Between two checks while a scaled group settles. */
  convergeWaitSeconds: seconds(30),
  /** Between two checks for the effect of a scaling. */
  verifyWaitSeconds: seconds(60),
  /** Before another observation, when the last one did not suffice to decide. */
  recheckWaitSeconds: seconds(120),
  /** How long a run holds its locks at most. Longer than the longest run. */
  lockSeconds: seconds(4_200),
  /** Minimum time between two scalings of a service. */
  cooldownSeconds: seconds(600),
  /** Time to drain that a scaling plans for. */
  drainTargetSeconds: seconds(900),
  /** How long reconcile leaves a group in ALARM to the event before it starts the run itself. */
  eventTurnSeconds: z.number().positive().max(3_600).default(300),
  /**
   * From the end of a run to the next one while the group stays in ALARM, and to the restoring of
   * raised capacity.
   */
  reconcileAfterSeconds: z.number().positive().max(86_400).default(3_600),
});

const serviceSchema = z.strictObject({
  /** Exact group id. */
  group: z.string().min(1),
  ecsCluster: z.string().min(1),
  ecsService: z.string().min(1),
  /** Most tasks that the watcher scales to. Absent: limited by the partitions alone. */
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
  /** `host:port`, comma separated. Absent: the function `discover` finds them by `clusterArn`. */
  bootstrapBrokers: z.string().min(1).exactOptional(),
  /** ARN of the MSK cluster. Present only where the function `discover` finds its brokers. */
  clusterArn: z.string().min(1).exactOptional(),
  /** How to log in to the brokers: see `core/msk/logins.ts`. */
  auth: z.enum(AUTH_KINDS).default('iam'),
  /** Secret in Secrets Manager with the credentials as JSON. `scram` and `mtls` require it. */
  authSecretArn: z.string().min(1).exactOptional(),
  /** Deadline of one reading of the brokers. */
  kafkaTimeoutSeconds: z.number().positive().max(40).default(20),
  /** `recommend`: everything except the change. `scale`: the change too. */
  mode: z.enum(['recommend', 'scale']).default('recommend'),
  /** How much lag is too much, for groups and kinds of threshold that `thresholds` does not set. */
  defaultThreshold: defaultThresholdSchema.prefault({}),
  /**
   * The first entry whose pattern matches a group applies; `defaultThreshold` fills in what it
   * omits.
   */
  thresholds: z.array(thresholdSchema).default([]),
  /** Number of lag alarms that share the groups: CloudWatch lets each watch 500. */
  alarmShards: z.number().int().min(1).max(MAX_SHARDS).default(1),
  /**
   * Isolation levels of groups. The first entry whose pattern matches applies, or else
   * read_uncommitted.
   */
  isolation: z.array(isolationSchema).default([]),
  /** Groups and topics to read. */
  filters: filtersSchema.prefault({}),
  services: z.array(serviceSchema).default([]),
  /** What each group publishes: the catalogue says from which tier on. */
  metricsTier: z.enum(METRICS_TIERS).default('default'),
  /**
   * Limit of the published series. Absent: no limit. `core/cost/series-plan.ts` ranks the groups.
   */
  seriesBudget: seriesBudgetSchema.exactOptional(),
  /** As log lines (`emf`), or by the API (`put-metric-data`), which needs a path from the VPC. */
  metricsSink: z.enum(METRIC_SINKS).default('emf'),
  /** Requests to each broker that a poll may spend on the ages of unread records. 0: no ages. */
  ageRounds: z.number().int().min(0).max(40).default(17),
  /** Partitions, oldest records first, whose age a poll determines to within a second or 2 %. */
  agePartitions: z.number().int().min(0).default(200),
  /** Polls in the history, which reaches back an hour. Fewer where they do not fit. */
  historySamples: z.number().int().min(2).max(240).default(60),
  /** Share of a consumer's measured rate that a scaling plan counts on. */
  utilisation: z.number().gt(0).max(1).default(0.8),
  /** Most tasks that one scaling adds. Absent: limited by the partitions alone. */
  maxStepTasks: z.number().int().positive().exactOptional(),
  /** Further observations before a run gives up deciding. */
  maxRechecks: z.number().int().min(0).max(10).default(2),
  /** Checks whether a scaled group has settled, before that counts as failed. */
  maxConvergeChecks: z.number().int().min(1).max(60).default(20),
  /** Checks whether a scaling helps, before the run rolls it back. */
  maxVerifyChecks: z.number().int().min(1).max(60).default(15),
  timing: timingSchema.prefault({}),
  /** Names of the stack's resources. Absent where nothing needs them, as in the CLI. */
  historyBucket: z.string().exactOptional(),
  stateTable: z.string().exactOptional(),
  topicArn: z.string().exactOptional(),
  stateMachineArn: z.string().exactOptional(),
});

/**
 * The settings that people choose, as the shape of a schema. The construct works out the others
 * from the ARN of the cluster and from the resources of the stack.
 */
export const chosenSettings = settingsSchema.omit({
  clusterName: true,
  clusterArn: true,
  historyBucket: true,
  stateTable: true,
  topicArn: true,
  stateMachineArn: true,
}).shape;

export type Settings = z.infer<typeof settingsSchema>;
/** Settings as people write them: keys with a default are optional. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type Timing = Settings['timing'];

/** Environment variable that holds the settings as JSON. */
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
    throw new SettingsError([`${SETTINGS_ENV} is not set; it must hold the settings as JSON`]);
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new SettingsError([`${SETTINGS_ENV} is not JSON: ${messageOf(error)}`]);
  }
  return parseSettings(input);
}

/**
 * The settings with every duration in `timing` and in thresholds multiplied: the demo shows an hour
 * in minutes.
 */
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

/** The isolation level of groups by id. It compiles the patterns once. */
export function isolationLevelOf({ isolation }: Pick<Settings, 'isolation'>): (groupId: string) => IsolationLevel {
  const entryOf = firstMatch(isolation);
  return (groupId) => entryOf(groupId)?.level ?? 'read_uncommitted';
}

/** The declared service of a group, and its limit; undefined when none is declared. */
export function serviceOf(settings: Settings, groupId: string): { id: ServiceId; maxTasks?: number } | undefined {
  const entry = settings.services.find((candidate) => candidate.group === groupId);
  if (entry === undefined) return undefined;
  const id = { cluster: entry.ecsCluster, service: entry.ecsService };
  return entry.maxTasks === undefined ? { id } : { id, maxTasks: entry.maxTasks };
}

/** Groups that services and thresholds name. A pattern with wildcards names none. */
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
  return [
    'bootstrapBrokers: is missing; set host:port of brokers, or set clusterArn so that the watcher discovers them',
  ];
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
      'raise it, or omit it for no limit',
  ];
}

function loginProblems({ auth, authSecretArn }: Settings): string[] {
  if (needsCredentials(auth) && authSecretArn === undefined) {
    return [`authSecretArn: is missing; auth ${auth} needs the ARN of a secret with its credentials`];
  }
  if (authSecretArn !== undefined && !LOGINS[auth].takesSecret) {
    const others = authKindsWhere(({ takesSecret }) => takesSecret).join(' or ');
    return [`authSecretArn: is set, and auth ${auth} takes no credentials; omit it, or set auth to ${others}`];
  }
  return [];
}
