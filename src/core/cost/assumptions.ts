/** What a bill is worked out from beside prices: what the stack holds, and what can only be assumed before it runs. */

/** A number that the bill rests on, and why it is that. */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly why: string;
}

/** The numbers, by name. Those that the stack decides are held to its template by a test. */
export const ASSUMPTIONS = {
  hoursPerMonth: { value: 730, unit: 'hours', why: "AWS's own month" },
  alarms: {
    value: 8,
    unit: 'alarms',
    why: 'of the stack, beside those on the lag of all groups; one more where a budget is set',
  },
  dashboards: { value: 1, unit: 'dashboards', why: 'the stack makes one, unless dashboard is false' },
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
    why: 'more for each thousand partitions of groups; about twice what is measured locally (docs/benchmarks.md)',
  },
  platformLogBytes: {
    value: 1_200,
    unit: 'bytes',
    why: "Lambda's own lines for an invocation, and the poll's summary",
  },
  logLineBytes: { value: 26, unit: 'bytes', why: 'what CloudWatch Logs adds to each line' },
  logCompression: {
    value: 0.15,
    unit: 'share',
    why: 'of what is written that is stored, for the one month that logs are kept',
  },
  kafkaBytes: { value: 150, unit: 'bytes', why: 'to and from the brokers in a poll, for each partition of a group' },
  crossZoneShare: { value: 2 / 3, unit: 'share', why: 'of these bytes that cross a zone, with brokers in three' },
  historyBytes: { value: 40, unit: 'bytes', why: 'of the compressed history, for each partition of a group' },
  heatMaps: {
    value: 5_400,
    unit: 'invocations',
    why: 'three maps of the dashboard, drawn anew each minute while somebody looks, an hour a day',
  },
  heatMapSeconds: { value: 1, unit: 's', why: 'one of these, most of it for reading the history' },
  discoverySeconds: { value: 2, unit: 's', why: 'one run of discover, each hour' },
  reconcilesPerHour: { value: 12, unit: 'runs', why: "reconcile's schedule, every 5 minutes" },
  reconcileSeconds: {
    value: 1,
    unit: 's',
    why: 'one run of reconcile while no group is in ALARM, with TLS to each service',
  },
  reconcileRequests: {
    value: 1,
    unit: 'requests',
    why: 'to CloudWatch by one run of reconcile; two more while a group is in ALARM',
  },
  transitionsPerRun: {
    value: 50,
    unit: 'transitions',
    why: 'a run of the runbook that scales and verifies; one that only reports takes about 10',
  },
  invocationsPerRun: { value: 25, unit: 'invocations', why: 'of functions by that run, one in three of them observe' },
  secondsPerStep: { value: 1, unit: 's', why: 'one of these invocations' },
  objectWritesPerRun: { value: 12, unit: 'requests', why: 'observations, findings and the report of a run' },
  objectReadsPerRun: { value: 25, unit: 'requests', why: 'the same, by later steps' },
  itemWritesPerRun: { value: 15, unit: 'write units', why: 'locks, the incident, the cooldown' },
  itemReadsPerRun: { value: 15, unit: 'read units', why: 'the same' },
} as const satisfies Record<string, Assumption>;

/** What no bill here contains. */
export const LEFT_OUT =
  'free tiers, discounts and taxes; metricsSink put-metric-data (its calls, and the way to them); SNS deliveries; X-Ray; ' +
  'point-in-time recovery; KMS; what the alarms scale';
