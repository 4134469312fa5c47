import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { present } from '#core/text/json.ts';
import { LagWatcher } from './lag-watcher.ts';
import type { LagWatcherProps } from './lag-watcher-props.ts';

/** An existing VPC by its ids: CDK looks nothing up, so synth needs no credentials. */
export interface NetworkIds {
  readonly vpcId: string;
  /** One for each subnet, in the same order. */
  readonly availabilityZones: readonly string[];
  readonly subnetIds: readonly string[];
  /** One for each subnet, in the same order. Only needed to create the gateway endpoint. */
  readonly routeTableIds?: readonly string[];
}

export interface LagWatcherStackProps
  extends StackProps,
    Omit<LagWatcherProps, 'vpc' | 'vpcSubnets' | 'clusterSecurityGroups' | 'topic'> {
  readonly network: NetworkIds;
  /**
   * Security groups of the brokers.
   *
   * @default - no rule; an output says which rule to add
   */
  readonly clusterSecurityGroupIds?: readonly string[];
  /**
   * Receives incident reports and the watcher's own alarms. Its policy must let alarms of this
   * account publish.
   *
   * @default - a new topic
   */
  readonly topicArn?: string;
}

/** One watcher in a stack of its own. It takes ids in place of constructs. */
export class LagWatcherStack extends Stack {
  readonly watcher: LagWatcher;

  constructor(scope: Construct, id: string, props: LagWatcherStackProps) {
    super(scope, id, props);
    const { network, clusterSecurityGroupIds = [], topicArn, ...watcher } = props;
    this.watcher = new LagWatcher(this, 'LagWatcher', {
      ...watcher,
      vpc: this.vpcOf(network),
      clusterSecurityGroups: clusterSecurityGroupIds.map((groupId, index) =>
        ec2.SecurityGroup.fromSecurityGroupId(this, `ClusterSecurityGroup${index}`, groupId),
      ),
      ...present({ topic: topicArn === undefined ? undefined : sns.Topic.fromTopicArn(this, 'Topic', topicArn) }),
    });
    const { runbook, storage, dashboard } = this.watcher;
    new CfnOutput(this, 'StateMachineArn', { value: runbook.stateMachine.stateMachineArn });
    new CfnOutput(this, 'TopicArn', {
      value: storage.topic.topicArn,
      description: 'Subscribe to it to receive incident reports',
    });
    new CfnOutput(this, 'DeadLetterQueueUrl', {
      value: runbook.deadLetterQueue.queueUrl,
      description: 'Alarm events that could not start a run',
    });
    new CfnOutput(this, 'BucketName', {
      value: storage.bucket.bucketName,
      description: 'Evidence and reports: incidents/',
    });
    if (dashboard === undefined) return;
    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboard.dashboardName });
    new CfnOutput(this, 'HeatMapFunctionArn', {
      value: dashboard.heatMap.function.functionArn,
      description: 'Readers of the dashboard need lambda:InvokeFunction on it',
    });
  }

  private vpcOf({ vpcId, availabilityZones, subnetIds, routeTableIds }: NetworkIds): ec2.IVpc {
    return ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      availabilityZones: [...availabilityZones],
      privateSubnetIds: [...subnetIds],
      ...(routeTableIds === undefined ? {} : { privateSubnetRouteTableIds: [...routeTableIds] }),
    });
  }
}
