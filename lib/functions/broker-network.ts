import { CfnOutput } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { LOGINS } from '#core/msk/logins.ts';
import type { Settings } from '#core/settings.ts';
import type { LagWatcherProps } from '#lib/lag-watcher-props.ts';
import type { NetworkPlacement } from './watcher-function.ts';

export interface BrokerNetworkProps
  extends Pick<LagWatcherProps, 'vpc' | 'vpcSubnets' | 'clusterSecurityGroups' | 'gatewayEndpoints'> {
  readonly settings: Pick<Settings, 'auth' | 'authSecretArn' | 'metricsSink'>;
}

/**
 * The place of the functions that read the brokers, and the paths from there: to the brokers, to S3
 * for history and observations, to Secrets Manager for credentials, and to CloudWatch where metrics
 * are no log lines. IAM tokens need no path: the functions sign them locally.
 */
export class BrokerNetwork extends Construct implements NetworkPlacement, ec2.IConnectable {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.SecurityGroup;
  readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: BrokerNetworkProps) {
    super(scope, id);
    this.vpc = props.vpc;
    this.vpcSubnets = props.vpcSubnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Functions of the lag watcher that read the brokers',
      allowAllOutbound: false,
    });
    const defaultPort = ec2.Port.tcp(LOGINS[props.settings.auth].port);
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup], defaultPort });
    this.openAws(props);
    this.openBrokers(props);
  }

  private openAws({ settings: { authSecretArn, metricsSink }, gatewayEndpoints }: BrokerNetworkProps): void {
    const others = [
      ...(authSecretArn === undefined ? [] : [', and Secrets Manager']),
      ...(metricsSink === 'emf' ? [] : [', and CloudWatch']),
    ].join('');
    // To anywhere: the addresses of S3 are a prefix list whose id is not known at synth.
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), `S3 through the gateway endpoint${others}`);
    if (gatewayEndpoints === 'existing') return;
    const { vpc, vpcSubnets } = this;
    const service = ec2.GatewayVpcEndpointAwsService.S3;
    new ec2.GatewayVpcEndpoint(this, 'S3Endpoint', { vpc, service, subnets: [vpcSubnets] });
  }

  private openBrokers({ settings: { auth }, clusterSecurityGroups = [] }: BrokerNetworkProps): void {
    const login = LOGINS[auth];
    const listener = `${login.listener} listener`;
    const port = ec2.Port.tcp(login.port);
    for (const group of clusterSecurityGroups) this.connections.allowTo(group, port, `Lag watcher to the ${listener}`);
    if (clusterSecurityGroups.length > 0) return;
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), port, `${listener} of the brokers`);
    new CfnOutput(this, 'AllowIngress', {
      description: 'Left to do: add this rule to the security group of the MSK cluster',
      value: `inbound TCP ${login.port} from ${this.securityGroup.securityGroupId}`,
    });
  }
}
