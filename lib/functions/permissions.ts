/**
 * What each function may do. No wildcard action; a wildcard resource only where its comment says why.
 * `test/lib/permissions.test.ts` holds the table of those.
 */
import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Settings } from '#core/settings.ts';
import type { WatcherFunction } from './watcher-function.ts';

/** Kinds of items in the state table: what their keys begin with. */
export type ItemKind = 'lock' | 'incident' | 'cooldown' | 'raised';

/** The ECS service of a group. */
export type WatchedService = Settings['services'][number];

/** Reading offsets and groups: describing alone, never a record. */
export function allowKafkaReads(fn: WatcherFunction, clusterArn: string): void {
  fn.allow({ actions: ['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster'], resources: [clusterArn] });
  fn.allow({
    // The configuration tells which timestamps are the brokers' own, and which topics are compacted: how far ages can be trusted;
    // and how long records are kept: when unread ones are about to be lost.
    actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:DescribeTopicDynamicConfiguration'],
    resources: [`${kafkaArn(clusterArn, 'topic')}/*`],
  });
  fn.allow({
    // Names the holder of a transaction that keeps consumers from reading on.
    actions: ['kafka-cluster:DescribeTransactionalId'],
    resources: [`${kafkaArn(clusterArn, 'transactional-id')}/*`],
  });
  fn.allow({ actions: ['kafka-cluster:DescribeGroup'], resources: [`${kafkaArn(clusterArn, 'group')}/*`] });
}

/** Asking the API of MSK for one cluster and its brokers. */
export function allowDiscovery(fn: WatcherFunction, clusterArn: string): void {
  fn.allow({ actions: ['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], resources: [clusterArn] });
}

/** Reading the secret that holds the login's credentials; `keyArn` of the customer managed key that encrypts it. */
export function allowSecret(fn: WatcherFunction, secretArn: string, keyArn: string | undefined): void {
  fn.allow({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] });
  if (keyArn !== undefined) fn.allow({ actions: ['kms:Decrypt'], resources: [keyArn] });
}

/** ARN prefix of the topics, groups or transactional ids of a cluster; the `/*` has to follow, else IAM silently allows nothing. */
const kafkaArn = (clusterArn: string, type: 'topic' | 'group' | 'transactional-id'): string =>
  Fn.join(`:${type}/`, Fn.split(':cluster/', clusterArn, 2));

export interface ObjectAccess {
  readonly prefix: 'history' | 'incidents' | 'clusters';
  readonly read?: boolean;
  readonly write?: boolean;
}

/** Objects under one prefix of the bucket. */
export function allowObjects(fn: WatcherFunction, bucket: Bucket, { prefix, read, write }: ObjectAccess): void {
  const actions = [...(read ? ['s3:GetObject'] : []), ...(write ? ['s3:PutObject'] : [])];
  fn.allow({ actions, resources: [bucket.arnForObjects(`${prefix}/*`)] });
  // Without it a missing object reads as access denied. A condition on s3:prefix would never hold for such a read.
  if (read) fn.allow({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] });
}

export interface ItemAccess {
  readonly kinds: readonly ItemKind[];
  readonly actions: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem')[];
}

/** Items of some kinds, told apart by the beginning of their partition key; a long name has a `-sha256` key. */
export function allowItems(fn: WatcherFunction, table: Table, { kinds, actions }: ItemAccess): void {
  fn.allow({
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [table.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.flatMap((kind) => [`${kind}#*`, `${kind}-sha256#*`]) },
    },
  });
}

/** Reading the declared services, their tasks and their scalable targets. */
export function allowServiceReads(fn: WatcherFunction, stack: Stack, services: readonly WatchedService[]): void {
  if (services.length === 0) return;
  const clusters = [...new Set(services.map((service) => service.ecsCluster))];
  fn.allow({ actions: ['ecs:DescribeServices'], resources: serviceArns(stack, services) });
  fn.allow({
    actions: ['ecs:DescribeTasks'],
    resources: clusters.map((cluster) => ecsArn(stack, 'task', `${cluster}/*`)),
  });
  fn.allow({
    actions: ['ecs:ListTasks'],
    // Its only resource type is the container instance, which Fargate tasks do not have; the cluster is the bound.
    resources: ['*'],
    conditions: { ArnEquals: { 'ecs:cluster': clusters.map((cluster) => ecsArn(stack, 'cluster', cluster)) } },
  });
  fn.allow({
    actions: ['application-autoscaling:DescribeScalableTargets'],
    // Describing scalable targets knows no resources.
    resources: ['*'],
  });
}

/** Reading metrics: the CPU and memory of services, or the newest ratio of a group. */
export function allowMetricReads(fn: WatcherFunction): void {
  fn.allow({
    actions: ['cloudwatch:GetMetricData'],
    // Reading metrics knows neither resources nor a condition on the namespace.
    resources: ['*'],
  });
}

/** Asking about a cluster's alarms: their states, their contributors, and whether a rule mutes them. */
export function allowAlarmReads(fn: WatcherFunction, stack: Stack, clusterName: string): void {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  // By the beginning of their names: the ARNs of two hundred lag alarms would not fit into a policy.
  const resourceName = `msk-lag-watcher-${clusterName}-*`;
  fn.allow({
    actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmContributors'],
    resources: [stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName, arnFormat })],
  });
  fn.allow({
    actions: ['cloudwatch:ListAlarmMuteRules'],
    // Listing knows no resources, and which rules mute an alarm is not known before.
    resources: ['*'],
  });
}

/** Starting runs of the runbook, and asking whether one is over: the lock of a run that died is not believed. */
export function allowRuns(fn: WatcherFunction, { stateMachineArn, stateMachineName }: StateMachine): void {
  fn.allow({ actions: ['states:StartExecution'], resources: [stateMachineArn] });
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  fn.allow({
    actions: ['states:DescribeExecution'],
    // An execution is a resource of its own; its name is in the lock, and whoever started it has chosen that.
    resources: [
      Stack.of(fn).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${stateMachineName}:*`,
        arnFormat,
      }),
    ],
  });
}

/** Publishing metrics by the API, in one namespace. */
export function allowMetricWrites(fn: WatcherFunction, namespace: string): void {
  fn.allow({
    actions: ['cloudwatch:PutMetricData'],
    // Publishing metrics knows no resources; the namespace is the bound.
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
  });
}

/** Changing the declared services: the desired count, or the MinCapacity of the scalable target. */
export function allowScaling(fn: WatcherFunction, stack: Stack, services: readonly WatchedService[]): void {
  if (services.length === 0) return;
  fn.allow({ actions: ['ecs:UpdateService'], resources: serviceArns(stack, services) });
  fn.allow({
    actions: ['application-autoscaling:RegisterScalableTarget'],
    // A target's ARN is an id that nobody chooses: all targets of ECS services, which UpdateService above bounds.
    resources: [
      stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' }),
    ],
    conditions: {
      StringEquals: {
        'application-autoscaling:service-namespace': 'ecs',
        'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
      },
    },
  });
}

/** Several groups may share a service. */
const serviceArns = (stack: Stack, services: readonly WatchedService[]): string[] => [
  ...new Set(services.map(({ ecsCluster, ecsService }) => ecsArn(stack, 'service', `${ecsCluster}/${ecsService}`))),
];

const ecsArn = (stack: Stack, resource: string, resourceName: string): string =>
  stack.formatArn({ service: 'ecs', resource, resourceName });
