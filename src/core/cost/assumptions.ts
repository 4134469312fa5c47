/**
 * The numbers behind a bill besides prices: what the stack contains, and what can only be assumed
 * before it runs.
 */

/** A number that the bill uses, and its reason. */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly why: string;
}

/** The numbers, by name. A test compares those of the stack with its template. */
export const ASSUMPTIONS = {
  hoursPerMonth: { value: 730, unit: 'hours', why: "AWS's own month" },
  alarms: {
    value: 8,
    unit: 'alarms',
    why: 'of the stack, besides the lag alarms; one more with a budget',
  },
  dashboards: { value: 1, unit: 'dashboards', why: 'the stack has one, unless dashboard is false' },
  readerMemoryGb: { value: 1.5, unit: 'GB', why: 'memory of the functions poll, observe and heat-map' },
  stepMemoryGb: { value: 0.25, unit: 'GB', why: 'memory of all other functions' },
  pollSeconds: {
    value: 1,
    unit: 's',
    why: 'a poll of a small cluster, with TLS and the history in S3; about twice what is measured locally',
  },
  pollSecondsPerThousand: {
    value: 0.02,
    unit: 's',
    why: 'added for each thousand partitions of groups; about twice what is measured locally (docs/benchmarks.md)',
  },
  platformLogBytes: {
    value: 1_200,
    unit: 'bytes',
    why: "Lambda's own lines for an invocation, and the summary of the poll",
  },
  logLineBytes: { value: 26, unit: 'bytes', why: 'that CloudWatch Logs adds to each line' },
  logCompression: {
    value: 0.15,
    unit: 'share',
    why: 'of the written bytes that are stored, for the month that logs are kept',
  },
  kafkaBytes: { value: 150, unit: 'bytes', why: 'to and from the brokers in a poll, per partition of a group' },
  crossZoneShare: { value: 2 / 3, unit: 'share', why: 'of these bytes that cross a zone, with brokers in three zones' },
  historyBytes: { value: 40, unit: 'bytes', why: 'of the compressed history, per partition of a group' },
  heatMaps: {
    value: 5_400,
    unit: 'invocations',
    why: 'three maps of the dashboard, each minute, while it is open an hour a day',
  },
  heatMapSeconds: { value: 1, unit: 's', why: 'for one map, most of it to read the history' },
  discoverySeconds: { value: 2, unit: 's', why: 'for one run of discover, each hour' },
  reconcilesPerHour: { value: 12, unit: 'runs', why: 'the schedule of reconcile, every 5 minutes' },
  reconcileSeconds: {
    value: 1,
    unit: 's',
    why: 'for one run of reconcile while no group is in ALARM, with TLS to each service',
  },
  reconcileRequests: {
    value: 1,
    unit: 'requests',
    why: 'to CloudWatch from one run of reconcile; two more while a group is in ALARM',
  },
  transitionsPerRun: {
    value: 50,
    unit: 'transitions',
    why: 'for a run of the runbook that scales and verifies; one that only reports has about 10',
  },
  invocationsPerRun: { value: 25, unit: 'invocations', why: 'of functions in that run; one in three is observe' },
  secondsPerStep: { value: 1, unit: 's', why: 'for one of these invocations' },
  objectWritesPerRun: { value: 12, unit: 'requests', why: 'for the observations, findings and report of a run' },
  objectReadsPerRun: { value: 25, unit: 'requests', why: 'for the same objects, from later steps' },
  itemWritesPerRun: { value: 15, unit: 'write units', why: 'for locks, the incident and the cooldown' },
  itemReadsPerRun: { value: 15, unit: 'read units', why: 'for the same items' },
} as const satisfies Record<string, Assumption>;

/** What a bill does not contain. */
export const LEFT_OUT =
  'free tiers, discounts and taxes; metricsSink put-metric-data (its calls, and the route to the API); SNS deliveries; X-Ray; ' +
  'point-in-time recovery; KMS; the tasks that the runbook adds';
