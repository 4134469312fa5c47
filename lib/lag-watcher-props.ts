import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Settings, SettingsInput, Timing } from '#core/settings.ts';

/** How the watcher judges and acts. */
export interface WatchingProps {
  /**
   * `recommend`: everything but the change; no function is even allowed to change a service.
   * `scale`: the change too.
   *
   * @default 'recommend'
   */
  readonly mode?: Settings['mode'];
  /**
   * How much is too much for groups and kinds of threshold that `thresholds` does not speak of: `lag` in records, `ageSeconds` of the
   * oldest unread record, `dataLossHorizonSeconds` before retention deletes unread records. `'none'` turns one of them off. A group is in
   * alarm when it reaches one of them.
   *
   * @default - 100,000 records, 15 minutes, 2 hours
   */
  readonly defaultThreshold?: SettingsInput['defaultThreshold'];
  /**
   * Thresholds of groups: `{ groups: 'billing-*', lag: 2_000, ageSeconds: 120 }`; what an entry leaves out is as in `defaultThreshold`. The
   * first whose pattern means the group counts. A group that reads once a day wants `ageSeconds: 'none'`.
   * A pattern is a glob (`*`, `?`, `{a,b}`, and `\` before one of them for the character itself) or a `/regular expression/`.
   *
   * @default - none
   */
  readonly thresholds?: Settings['thresholds'];
  /**
   * Lag alarms that share the groups. CloudWatch lets one watch 500 groups and names 100 of them in alarm: set 2 above 400 groups, 3 above
   * 800, and so on. Which alarm watches a group depends on its name alone, and changes only with this number.
   *
   * @default 1
   */
  readonly alarmShards?: number;
  /**
   * Groups whose consumers read transactions only once they are committed: `{ groups: 'billing', level: 'read_committed' }`.
   * Their lag counts to the last stable offset. The first whose pattern means the group counts; brokers cannot be asked.
   *
   * @default - read_uncommitted: lag counts to the log end, and what waits behind an open transaction is in it
   */
  readonly isolation?: Settings['isolation'];
  /**
   * Groups and topics to read, as patterns: `{ groups: { exclude: ['console-consumer-*'] } }`. What is filtered is not asked
   * of the brokers, and counts as neither lag nor missing. `internalTopics` lets topics through whose names begin with `__`.
   *
   * @default - every group, and every topic that is not internal
   */
  readonly filters?: SettingsInput['filters'];
  /**
   * The ECS service behind each group, in the stack's account and Region. A group without one is diagnosed, never scaled.
   *
   * @default - none
   */
  readonly services?: Settings['services'];
  /**
   * Most tasks added by one scaling.
   *
   * @default - no limit but the partitions
   */
  readonly maxStepTasks?: number;
  /**
   * Share of a consumer's measured rate that a plan counts on, above 0 to 1.
   *
   * @default 0.8
   */
  readonly utilisation?: number;
  /**
   * What each group publishes. `minimal`: its LagRatio alone, for the alarm. `default`: TimeLagSeconds and PartitionLag too.
   * `rates`: the produce and consume rate and the times to drain and to data loss too. `topics`: the lag of each of its topics too. `all`: all
   * of these, and lost records, members, unassigned partitions and rebalances. Each is a CloudWatch metric with its price: `lag cost` tells.
   *
   * @default 'default'
   */
  readonly metricsTier?: Settings['metricsTier'];
  /**
   * Limit of the metrics published: `{ series: 500 }`, or `{ dollarsPerMonth: 100 }` at list prices of us-east-1. Where not all fits, all groups keep
   * their LagRatio before any gets more, first those that `services` and `thresholds` name, in their order, then the others by name. What
   * is left out is counted by the metric SeriesDropped.
   *
   * @default - no limit
   */
  readonly seriesBudget?: Settings['seriesBudget'];
  /**
   * How metrics get to CloudWatch. `emf`: as lines in the log of the function, which need no way out of the VPC.
   * `put-metric-data`: by the API; the subnets then need a way to it: an interface endpoint for `monitoring` (which has its
   * price by the hour), or a NAT gateway. Without one every poll fails, and the heartbeat alarm goes off.
   *
   * @default 'emf'
   */
  readonly metricsSink?: Settings['metricsSink'];
  /**
   * Requests to each broker that a poll may spend on the ages of unread records, 0 to 40; 0 for no ages.
   *
   * @default 17
   */
  readonly ageRounds?: number;
  /**
   * Partitions, those with the oldest records first, whose age a poll brings to within a second or 2 %.
   *
   * @default 200
   */
  readonly agePartitions?: number;
  /**
   * Polls kept in history, 2 to 240, thinned with age to reach back an hour. A large cluster keeps fewer, and says so.
   *
   * @default 60
   */
  readonly historySamples?: number;
  /**
   * Deadline of one reading of the brokers, at most 40 s.
   *
   * @default 20
   */
  readonly kafkaTimeoutSeconds?: number;
  /**
   * Second looks before a run gives up deciding, 0 to 10.
   *
   * @default 2
   */
  readonly maxRechecks?: number;
  /**
   * Looks while a scaled group settles, 1 to 60.
   *
   * @default 20
   */
  readonly maxConvergeChecks?: number;
  /**
   * Looks for the effect of a scaling, 1 to 60.
   *
   * @default 15
   */
  readonly maxVerifyChecks?: number;
  /**
   * Durations in seconds. `pollIntervalSeconds` in whole minutes, 1 to 30: the scheduler's resolution, and five of them
   * have to fit into the three hours that the lag alarm looks back. `lockSeconds` above the longest run.
   *
   * @default - see `src/core/settings.ts`
   */
  readonly timing?: Partial<Timing>;
}

/** What a `LagWatcher` watches, and how. */
export interface LagWatcherProps extends WatchingProps {
  /**
   * ARN of the MSK cluster: provisioned (standard or express), with Kafka 2.8 or later; or serverless.
   * Before Kafka 3.0, and on serverless, a poll takes one request more for each group. No serverless cluster has been
   * watched yet: see `docs/unproven.md`.
   */
  readonly clusterArn: string;
  /**
   * Name of the cluster: letters, digits, `.`, `_` and `-`, at most 64. Value of the metrics' ClusterName dimension.
   *
   * @default - the name in `clusterArn`; has to be given where that is known at deployment only
   */
  readonly clusterName?: string;
  /**
   * `host:port` of the listener of `auth`, comma separated: of the cluster's bootstrap strings BootstrapBrokerStringSaslIam
   * for `iam`, …SaslScram for `scram`, …Tls for `mtls` and `tls`, BootstrapBrokerString for `plaintext`.
   *
   * @default - a function asks AWS for them, in each deployment (which fails when they cannot be found) and every hour
   */
  readonly bootstrapBrokers?: string;
  /**
   * How to log in: `iam`; `scram` (SASL/SCRAM-SHA-512); `mtls` (client certificate); `tls` and `plaintext` (no login).
   * With `iam` the functions are allowed to describe by IAM; with any other kind the cluster's ACLs have to allow the
   * user Describe on the cluster, on all groups, topics and transactional ids, and DescribeConfigs on all topics. `lag check` tells what is lacking.
   *
   * @default 'iam'
   */
  readonly auth?: Settings['auth'];
  /**
   * ARN, with its random end, of a secret of Secrets Manager that holds JSON: `username` and `password` for `scram`, as the
   * secrets that MSK demands for its users; `certificate`, `privateKey` and, if it is encrypted, `passphrase` for `mtls`,
   * in PEM; `ca` too where the authorities of the brokers are not public. Read once by each sandbox, and again after a
   * login that was refused. The subnets need a way to Secrets Manager: an interface endpoint in the VPC (which has its
   * price by the hour), or a NAT gateway.
   *
   * @default - none; `scram` and `mtls` need it
   */
  readonly authSecretArn?: string;
  /**
   * ARN of the customer managed KMS key that encrypts the secret; MSK demands one for its users' secrets. Its key policy
   * must leave the decision to IAM, or allow the functions' roles.
   *
   * @default - the secret is encrypted with the key of Secrets Manager, which needs no permission
   */
  readonly authSecretKeyArn?: string;
  /** VPC from which the brokers are reached. */
  readonly vpc: ec2.IVpc;
  /**
   * Subnets of the two functions that read the brokers.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups of the brokers; each gets a rule that lets the watcher in on the port of `auth`: 9098 for
   * `iam`, 9096 for `scram`, 9094 for `mtls` and `tls`, 9092 for `plaintext`.
   *
   * @default - no rule is made; an output says which one to make
   */
  readonly clusterSecurityGroups?: readonly ec2.ISecurityGroup[];
  /**
   * The VPC's way to S3. `create`: a gateway endpoint (free of charge) on the route tables of the subnets; fails where
   * one exists. `existing`: there is one, or another way.
   *
   * @default 'create'
   */
  readonly gatewayEndpoints?: 'create' | 'existing';
  /**
   * Concurrency reserved for the poll, so that two polls never overlap; `none` reserves nothing. Lambda refuses to
   * reserve in accounts with a small quota (new ones have 10 in all). Without it a slow poll may overlap the next one:
   * one of the two keeps no history, and sums of that minute's metrics are too high; the alarms use none of these.
   *
   * @default 1
   */
  readonly pollReservedConcurrency?: number | 'none';
  /**
   * Hears of incidents and of the watcher's own trouble. Alarms of this account must be allowed to publish to it.
   *
   * @default - a new topic
   */
  readonly topic?: ITopic;
  /**
   * Address of the page with an article per alarm, to which the alarms' descriptions link: where your team keeps its copy of
   * docs/runbook.md.
   *
   * @default docs/runbook.md
   */
  readonly runbookUrl?: string;
  /**
   * What becomes of the history bucket and the state table when they leave the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * How long evidence and reports are kept.
   *
   * @default Duration.days(365)
   */
  readonly incidentRetention?: Duration;
  /**
   * Point-in-time recovery of the state table, which holds only what a run needs.
   *
   * @default false
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * A CloudWatch dashboard: the groups that are furthest behind, the watcher's own health, a row for each group of `services`, and maps of
   * lag per partition, which a function draws. It has its price by the month, beyond the free ones of an account.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Traces the runbook's executions with X-Ray.
   *
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * Folder with the bundle of each function, `<name>/index.mjs`.
   *
   * @default - environment variable LAG_WATCHER_FUNCTIONS, else `dist/functions` of this package
   */
  readonly functionsDir?: string;
}
