import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { SettingsInput } from '#core/settings.ts';

/**
 * The settings that people choose, as props. They have the same keys as the configuration file.
 * `check-props.ts` compiles only while these are the keys of `chosenSettings` in
 * `src/core/settings.ts`.
 *
 * A pattern of names is a glob or a `/regular expression/`. Globs have `*`, `?` and `{a,b}`; a `\`
 * before one of these characters means the character itself.
 */
export interface WatchingProps {
  /**
   * `host:port` of brokers, comma separated, for the listener of `auth`. MSK returns them as
   * BootstrapBrokerStringSaslIam for `iam`, BootstrapBrokerStringSaslScram for `scram`,
   * BootstrapBrokerStringTls for `mtls` and `tls`, and BootstrapBrokerString for `plaintext`.
   *
   * @default - a function asks AWS for them: in each deployment, which fails when it finds none,
   *   and every hour
   */
  readonly bootstrapBrokers?: SettingsInput['bootstrapBrokers'];
  /**
   * How to log in: `iam`; `scram` (SASL/SCRAM-SHA-512); `mtls` (client certificate); `tls` or
   * `plaintext` (no login).
   *
   * With `iam`, the functions receive IAM permissions to describe. With any other login, the ACLs
   * of the cluster must allow the user Describe on the cluster and on all groups, topics and
   * transactional ids, and DescribeConfigs on all topics. `lag check` reports what is missing.
   *
   * @default 'iam'
   */
  readonly auth?: SettingsInput['auth'];
  /**
   * ARN, with its random suffix, of a Secrets Manager secret that holds JSON: `username` and
   * `password` for `scram`, as MSK requires of its users' secrets; `certificate` and `privateKey`
   * in PEM for `mtls`, and `passphrase` if the key is encrypted; also `ca` if the authority of the
   * brokers is not public.
   *
   * Each sandbox of a function reads it once, and again after a refused login. The subnets need a
   * path to Secrets Manager: an interface endpoint in the VPC, which AWS bills by the hour, or a
   * NAT gateway.
   *
   * @default - none; `scram` and `mtls` require it
   */
  readonly authSecretArn?: SettingsInput['authSecretArn'];
  /**
   * `recommend`: do everything except the change. No function may change a service.
   * `scale`: make the change too.
   *
   * @default 'recommend'
   */
  readonly mode?: SettingsInput['mode'];
  /**
   * How much lag is too much, for groups and kinds of threshold that `thresholds` does not set:
   * `lag` in records; `ageSeconds` of the oldest unread record; `dataLossHorizonSeconds`, the time
   * left until retention deletes unread records. `'none'` turns a threshold off. A group is in
   * alarm when it reaches any of them.
   *
   * @default - 100,000 records, 15 minutes, 2 hours
   */
  readonly defaultThreshold?: SettingsInput['defaultThreshold'];
  /**
   * Thresholds of groups: `{ groups: 'billing-*', lag: 2_000, ageSeconds: 120 }`. The first entry
   * whose pattern matches a group applies; `defaultThreshold` fills in what it omits. For a group
   * that reads once a day, set `ageSeconds: 'none'`.
   *
   * @default []
   */
  readonly thresholds?: SettingsInput['thresholds'];
  /**
   * Number of lag alarms that share the groups. CloudWatch lets one alarm watch 500 groups and
   * names 100 of them in alarm: set 2 above 400 groups, 3 above 800, and so on. A group's name
   * alone decides which alarm watches it. A change of this number moves groups to other alarms.
   *
   * @default 1
   */
  readonly alarmShards?: SettingsInput['alarmShards'];
  /**
   * Groups whose consumers read with isolation level `read_committed`: `{ groups: 'billing', level:
   * 'read_committed' }`. Their lag counts to the last stable offset. Brokers do not know the level
   * of a consumer. The first entry whose pattern matches applies.
   *
   * @default - read_uncommitted: lag counts to the log end, including records behind an open
   *   transaction
   */
  readonly isolation?: SettingsInput['isolation'];
  /**
   * Patterns of the groups and topics to read: `{ groups: { exclude: ['console-consumer-*'] } }`.
   * The watcher does not request the others, which count as neither lag nor missing.
   * `internalTopics` includes topics whose names begin with `__`.
   *
   * @default - every group, and every topic that is not internal
   */
  readonly filters?: SettingsInput['filters'];
  /**
   * The ECS service of each group, in the account and Region of the stack:
   * `{ group: 'billing', ecsCluster: 'shop', ecsService: 'billing', maxTasks: 12 }`. The watcher
   * diagnoses a group without a service, but does not scale it.
   *
   * @default []
   */
  readonly services?: SettingsInput['services'];
  /**
   * What each group publishes to CloudWatch, where each metric has its price: `lag cost` estimates
   * it. `minimal`: LagRatio, for the alarm. `default`: also TimeLagSeconds and PartitionLag.
   * `rates`: also the produce and consume rates, time to drain and time to data loss. `topics`:
   * also the lag of each topic. `all`: also lost records, members, unassigned partitions and
   * rebalances.
   *
   * @default 'default'
   */
  readonly metricsTier?: SettingsInput['metricsTier'];
  /**
   * Limit of the published metrics: `{ series: 500 }`, or `{ dollarsPerMonth: 100 }` at list prices
   * of us-east-1. If it is too small, every group receives its LagRatio before any group receives
   * more. Groups named in `services` and `thresholds` come first, in their order, then the others
   * by name. The metric SeriesDropped counts what did not fit.
   *
   * @default - no limit
   */
  readonly seriesBudget?: SettingsInput['seriesBudget'];
  /**
   * How metrics reach CloudWatch. `emf`: as lines in the function's log, which need no path out of
   * the VPC. `put-metric-data`: by the API, to which the subnets need a path: an interface endpoint
   * for `monitoring`, which AWS bills by the hour, or a NAT gateway. Without a path every poll
   * fails, and the heartbeat alarm fires.
   *
   * @default 'emf'
   */
  readonly metricsSink?: SettingsInput['metricsSink'];
  /**
   * Requests to each broker that a poll may spend on the ages of unread records, 0 to 40. With 0
   * there are no ages.
   *
   * @default 17
   */
  readonly ageRounds?: SettingsInput['ageRounds'];
  /**
   * Number of partitions, those with the oldest records first, whose age a poll determines to
   * within a second or 2 %.
   *
   * @default 200
   */
  readonly agePartitions?: SettingsInput['agePartitions'];
  /**
   * Polls in the history, 2 to 240. Older ones are thinned out, so that the history reaches back an
   * hour. The history of a large cluster keeps fewer, and the poll's log line says so.
   *
   * @default 60
   */
  readonly historySamples?: SettingsInput['historySamples'];
  /**
   * Deadline of one reading of the brokers, at most 40 seconds.
   *
   * @default 20
   */
  readonly kafkaTimeoutSeconds?: SettingsInput['kafkaTimeoutSeconds'];
  /**
   * Share of a consumer's measured rate that a scaling plan counts on, above 0 and at most 1.
   *
   * @default 0.8
   */
  readonly utilisation?: SettingsInput['utilisation'];
  /**
   * Most tasks that one scaling adds.
   *
   * @default - no limit except the number of partitions
   */
  readonly maxStepTasks?: SettingsInput['maxStepTasks'];
  /**
   * Further observations before a run gives up deciding, 0 to 10.
   *
   * @default 2
   */
  readonly maxRechecks?: SettingsInput['maxRechecks'];
  /**
   * Checks whether a scaled group has settled before that counts as failed, 1 to 60.
   *
   * @default 20
   */
  readonly maxConvergeChecks?: SettingsInput['maxConvergeChecks'];
  /**
   * Checks whether a scaling helps before the run rolls it back, 1 to 60.
   *
   * @default 15
   */
  readonly maxVerifyChecks?: SettingsInput['maxVerifyChecks'];
  /**
   * Durations in seconds; each key has its own documentation. `pollIntervalSeconds` takes whole
   * minutes from 1 to 30. `lockSeconds` must exceed the longest run; an error says by how much.
   *
   * @default - a poll every minute, and a lock of 70 minutes
   */
  readonly timing?: SettingsInput['timing'];
}

/** What a `LagWatcher` watches, and how. */
export interface LagWatcherProps extends WatchingProps {
  /**
   * ARN of the MSK cluster: provisioned (standard or express) with Kafka 2.8 or later, or
   * serverless. Before Kafka 3.0, and on serverless, a poll takes one more request for each group.
   * Nobody has watched a serverless cluster yet: see `docs/unproven.md`.
   */
  readonly clusterArn: string;
  /**
   * Name of the cluster, and value of the dimension ClusterName of the metrics: letters, digits,
   * `.`, `_` and `-`, at most 64.
   *
   * @default - the name in `clusterArn`; required where that is a token
   */
  readonly clusterName?: string;
  /**
   * ARN of the customer managed KMS key that encrypts the secret; MSK requires one for its users'
   * secrets. The key policy must delegate to IAM, or allow the roles of the functions.
   *
   * @default - the key of Secrets Manager, which needs no permission
   */
  readonly authSecretKeyArn?: string;
  /** VPC from which the functions reach the brokers. */
  readonly vpc: ec2.IVpc;
  /**
   * Subnets of the two functions that read the brokers.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups of the brokers. Each gets a rule that admits the watcher on the port of `auth`:
   * 9098 for `iam`, 9096 for `scram`, 9094 for `mtls` and `tls`, 9092 for `plaintext`.
   *
   * @default - no rule; an output says which rule to add
   */
  readonly clusterSecurityGroups?: readonly ec2.ISecurityGroup[];
  /**
   * The path from the VPC to S3. `create`: create a gateway endpoint, which is free, on the route
   * tables of the subnets; this fails if there is one. `existing`: there is an endpoint or another
   * path.
   *
   * @default 'create'
   */
  readonly gatewayEndpoints?: 'create' | 'existing';
  /**
   * Reserved concurrency of the poll, so that two polls never overlap; `'none'` reserves nothing.
   * Lambda refuses a reservation in an account with a small quota, such as the 10 of a new account.
   * Without it a slow poll may overlap the next one. Then one of them keeps no history, and sums of
   * that minute's metrics are too high. The alarms use no such sums.
   *
   * @default 1
   */
  readonly pollReservedConcurrency?: number | 'none';
  /**
   * Receives incident reports and the watcher's own alarms. Its policy must let alarms of this
   * account publish.
   *
   * @default - a new topic
   */
  readonly topic?: ITopic;
  /**
   * Address of your team's copy of docs/runbook.md, which has an article for each alarm. The
   * descriptions of the alarms link to it.
   *
   * @default docs/runbook.md
   */
  readonly runbookUrl?: string;
  /**
   * What happens to the bucket and the table when they leave the stack. @default
   * RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /** How long to keep observations and reports. @default Duration.days(365) */
  readonly incidentRetention?: Duration;
  /**
   * Point-in-time recovery of the table. It holds only what runs need.
   *
   * @default false
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * Create a CloudWatch dashboard: the groups that are furthest behind, the watcher's own health,
   * rows for each group in `services`, and maps of lag per partition, which a function draws. AWS
   * bills it by the month, beyond the free dashboards of an account.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /** How long to keep the logs of functions and runs. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** Trace runs of the runbook with X-Ray. @default false */
  readonly tracing?: boolean;
  /**
   * Folder with the bundle of each function, `<name>/index.mjs`.
   *
   * @default - the environment variable LAG_WATCHER_FUNCTIONS, or else `dist/functions` of this
   *   package
   */
  readonly functionsDir?: string;
}
