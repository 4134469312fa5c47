import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { LagWatcher } from './lag-watcher.ts';
import type { LagWatcherProps } from './lag-watcher-props.ts';

/** A VPC that exists, by its ids: looked up by nobody, so that synth needs no credentials. */
export interface NetworkIds {
  readonly vpcId: string;
  /** Of the subnets, in their order. */
  readonly availabilityZones: readonly string[];
  readonly subnetIds: readonly string[];
  /** Of the subnets, in their order. Needed where gateway endpoints are to be created. */
  readonly routeTableIds?: readonly string[];
}

export interface LagWatcherStackProps
  extends StackProps,
    Omit<LagWatcherProps, 'vpc' | 'vpcSubnets' | 'clusterSecurityGroups' | 'topic'> {
  readonly network: NetworkIds;
  /** @default - no rule is made; an output says which one to make */
  readonly clusterSecurityGroupIds?: readonly string[];
  /** @default - a new topic */
  readonly topicArn?: string;
}

/** One watcher in a stack of its own, from ids alone. */
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
      ...(topicArn === undefined ? {} : { topic: sns.Topic.fromTopicArn(this, 'Topic', topicArn) }),
    });
    const { runbook, storage, dashboard } = this.watcher;
    new CfnOutput(this, 'StateMachineArn', { value: runbook.stateMachine.stateMachineArn });
    new CfnOutput(this, 'TopicArn', {
      value: storage.topic.topicArn,
      description: 'Subscribe to it to hear of incidents',
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
      description: 'Who looks at the dashboard needs lambda:InvokeFunction on it',
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
