/**
 * The permissions that `rights.ts` gives to functions, each with the reason for what is surprising
 * in it. No action is a wildcard. A resource is one only where a comment says why, and
 * `test/lib/functions/permissions.test.ts` holds the list of those.
 */
import { ArnFormat, Fn, type Stack } from 'aws-cdk-lib';
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { NAMESPACE } from '#core/metrics/catalogue.ts';
import { LOGINS } from '#core/msk/logins.ts';
import type { ItemKind } from '#core/runbook/records.ts';
import type { Settings } from '#core/settings.ts';
import type { Storage } from '#lib/storage.ts';

/** What functions read and change. */
export interface WatchedResources {
  readonly storage: Storage;
  readonly clusterArn: string;
  /**
   * Customer managed key of the secret with the credentials; absent: the key of Secrets Manager.
   */
  readonly authSecretKeyArn?: string;
  /** Only for functions that look up or start runs. */
  readonly stateMachine?: StateMachine;
}

/** What a permission depends on. */
export interface GrantContext extends WatchedResources {
  readonly stack: Stack;
  readonly settings: Settings;
}

/** The statements of one permission; none where the settings make it needless. */
export type Grant = (context: GrantContext) => readonly PolicyStatementProps[];

/**
 * Describe offsets and groups, never read a record. Only with IAM: for other logins the cluster's
 * ACLs decide.
 */
export const readKafka: Grant = ({ settings, clusterArn }) => {
  if (!LOGINS[settings.auth].byIam) return [];
  return [
    { actions: ['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster'], resources: [clusterArn] },
    {
      // The configuration says whether timestamps are the brokers' own and whether a topic is
      // compacted, on which ages depend. It also says how long records are kept.
      actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:DescribeTopicDynamicConfiguration'],
      resources: [`${kafkaArn(clusterArn, 'topic')}/*`],
    },
    {
      // Names the holder of a transaction that blocks consumers.
      actions: ['kafka-cluster:DescribeTransactionalId'],
      resources: [`${kafkaArn(clusterArn, 'transactional-id')}/*`],
    },
    { actions: ['kafka-cluster:DescribeGroup'], resources: [`${kafkaArn(clusterArn, 'group')}/*`] },
  ];
};

/**
 * ARN prefix of a cluster's topics, groups or transactional ids. Without a `/*` after it, IAM
 * silently allows nothing.
 */
const kafkaArn = (clusterArn: string, type: 'topic' | 'group' | 'transactional-id'): string =>
  Fn.join(`:${type}/`, Fn.split(':cluster/', clusterArn, 2));

/** Read the secret with the credentials, and decrypt it where it has a key of its own. */
export const readSecret: Grant = ({ settings: { authSecretArn }, authSecretKeyArn }) => {
  if (authSecretArn === undefined) return [];
  const read = { actions: ['secretsmanager:GetSecretValue'], resources: [authSecretArn] };
  if (authSecretKeyArn === undefined) return [read];
  return [read, { actions: ['kms:Decrypt'], resources: [authSecretKeyArn] }];
};

/** Ask the API of MSK for the cluster and its brokers. */
export const describeCluster: Grant = ({ clusterArn }) => [
  { actions: ['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], resources: [clusterArn] },
];

/** Read or write the objects under one prefix of the bucket. */
export const objects =
  (prefix: 'history' | 'incidents' | 'clusters', ...actions: readonly ('GetObject' | 'PutObject')[]): Grant =>
  ({ storage: { bucket } }) => [
    { actions: actions.map((action) => `s3:${action}`), resources: [bucket.arnForObjects(`${prefix}/*`)] },
    // Without it S3 reports a missing object as access denied. A condition on s3:prefix would never
    // hold for such a read.
    ...(actions.includes('GetObject') ? [{ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }] : []),
  ];

/**
 * Read the brokers' addresses that the discover function stored; none where the settings name the
 * brokers.
 */
export const readDiscovered: Grant = (context) =>
  context.settings.bootstrapBrokers === undefined ? objects('clusters', 'GetObject')(context) : [];

/**
 * Read or change the items of one kind. Their keys begin with the kind; a long name has a `-sha256`
 * key.
 */
export const items =
  (kind: ItemKind, ...actions: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem')[]): Grant =>
  ({ storage: { table } }) => [
    {
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${kind}#*`, `${kind}-sha256#*`] } },
    },
  ];

/** Read the declared services, their tasks and their scalable targets. */
export const readServices: Grant = ({ settings: { services }, stack }) => {
  if (services.length === 0) return [];
  const clusters = [...new Set(services.map(({ ecsCluster }) => ecsCluster))];
  return [
    { actions: ['ecs:DescribeServices'], resources: serviceArns(services, stack) },
    { actions: ['ecs:DescribeTasks'], resources: clusters.map((cluster) => ecsArn(stack, 'task', `${cluster}/*`)) },
    {
      actions: ['ecs:ListTasks'],
      // Its only resource type is the container instance, which Fargate tasks do not have. The
      // condition on the cluster is the limit.
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': clusters.map((cluster) => ecsArn(stack, 'cluster', cluster)) } },
    },
    {
      actions: ['application-autoscaling:DescribeScalableTargets'],
      // This action has no resource types.
      resources: ['*'],
    },
  ];
};

/**
 * Read metrics: the CPU and memory of a service, and the newest ratio of its group. Needless
 * without services.
 */
export const readMetrics: Grant = ({ settings: { services } }) => {
  if (services.length === 0) return [];
  // This action has neither resource types nor a condition on the namespace.
  return [{ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }];
};

/**
 * Change the declared services: the desired count, or the MinCapacity of the scalable target. Only
 * in mode `scale`.
 */
export const scaleServices: Grant = ({ settings: { mode, services }, stack }) => {
  if (mode !== 'scale' || services.length === 0) return [];
  return [
    { actions: ['ecs:UpdateService'], resources: serviceArns(services, stack) },
    {
      actions: ['application-autoscaling:RegisterScalableTarget'],
      // The id in a target's ARN is random, so this allows all targets of ECS services. Changing a
      // service through one still needs UpdateService above.
      resources: [
        stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' }),
      ],
      conditions: {
        StringEquals: {
          'application-autoscaling:service-namespace': 'ecs',
          'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
        },
      },
    },
  ];
};

/** Publish metrics by the API, in the watcher's namespace. Needless where metrics are log lines. */
export const publishMetrics: Grant = ({ settings: { metricsSink } }) => {
  if (metricsSink === 'emf') return [];
  return [
    {
      actions: ['cloudwatch:PutMetricData'],
      // This action has no resource types. The namespace is the limit.
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
    },
  ];
};

/** Send reports and messages to the topic. */
export const notify: Grant = ({ storage: { topic } }) => [{ actions: ['sns:Publish'], resources: [topic.topicArn] }];

/** Read the states of the cluster's alarms, their contributors, and the rules that mute them. */
export const readAlarms: Grant = ({ settings: { clusterName }, stack }) => [
  {
    actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmContributors'],
    // By the prefix of their names: the ARNs of two hundred lag alarms do not fit into a policy.
    resources: [colonArn(stack, 'cloudwatch', 'alarm', `msk-lag-watcher-${clusterName}-*`)],
  },
  {
    actions: ['cloudwatch:ListAlarmMuteRules'],
    // This action has no resource types, and the names of the rules are not known at synth.
    resources: ['*'],
  },
];

/** Start runs of the runbook, and look up whether one has ended: its lock may outlive it. */
export const startRuns: Grant = ({ stateMachine, stack }) => {
  if (stateMachine === undefined) return [];
  return [
    { actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] },
    {
      actions: ['states:DescribeExecution'],
      // An execution is a resource of its own, and its name is not known at synth.
      resources: [colonArn(stack, 'states', 'execution', `${stateMachine.stateMachineName}:*`)],
    },
  ];
};

/** Several groups may share a service. */
const serviceArns = (services: Settings['services'], stack: Stack): string[] => [
  ...new Set(services.map(({ ecsCluster, ecsService }) => ecsArn(stack, 'service', `${ecsCluster}/${ecsService}`))),
];

const ecsArn = (stack: Stack, resource: string, resourceName: string): string =>
  stack.formatArn({ service: 'ecs', resource, resourceName });

const colonArn = (stack: Stack, service: string, resource: string, resourceName: string): string =>
  stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
