/**
 * MSK's answers, as the types of its client say they are: one cluster of each type, and their
 * brokers.
 */
import type { Cluster, GetBootstrapBrokersResponse } from '@aws-sdk/client-kafka';

const arnOf = (name: string) =>
  `arn:aws:kafka:eu-west-1:111122223333:cluster/${name}/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-2`;
const hosts = (cluster: string, port: number, prefix = 'b') =>
  [3, 1, 2].map((n) => `${prefix}-${n}.${cluster}.x1y2z3.c2.kafka.eu-west-1.amazonaws.com:${port}`).join(',');

/** The same brokers in the order in which they are passed on. */
export const inOrder = (cluster: string, port: number, prefix = 'b') =>
  hosts(cluster, port, prefix).split(',').sort().join(',');

const provisioned = (name: string, instanceType: string) =>
  ({
    ClusterType: 'PROVISIONED',
    ClusterArn: arnOf(name),
    ClusterName: name,
    CreationTime: new Date('2026-01-05T00:00:00Z'),
    CurrentVersion: 'K3P5ROKL5A1OLE',
    State: 'ACTIVE',
    Tags: { team: name },
    Provisioned: {
      BrokerNodeGroupInfo: {
        BrokerAZDistribution: 'DEFAULT',
        ClientSubnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
        InstanceType: instanceType,
        SecurityGroups: ['sg-0123456789abcdef0'],
        ConnectivityInfo: { PublicAccess: { Type: 'DISABLED' }, NetworkType: 'IPV4' },
      },
      CurrentBrokerSoftwareInfo: { KafkaVersion: '3.8.x' },
      ClientAuthentication: {
        Sasl: { Scram: { Enabled: false }, Iam: { Enabled: true } },
        Tls: { CertificateAuthorityArnList: [], Enabled: false },
        Unauthenticated: { Enabled: false },
      },
      EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true } },
      EnhancedMonitoring: 'DEFAULT',
      NumberOfBrokerNodes: 3,
    },
  }) as const satisfies Cluster;

/** Everything is turned on. */
export const standard: Cluster = {
  ...provisioned('orders', 'kafka.m7g.large'),
  Provisioned: {
    ...provisioned('orders', 'kafka.m7g.large').Provisioned,
    ClientAuthentication: {
      Sasl: { Scram: { Enabled: true }, Iam: { Enabled: true } },
      Tls: {
        CertificateAuthorityArnList: ['arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/c'],
        Enabled: true,
      },
      Unauthenticated: { Enabled: true },
    },
    EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS_PLAINTEXT', InCluster: true } },
  },
};

export const standardBrokers: GetBootstrapBrokersResponse = {
  BootstrapBrokerString: hosts('orders', 9092),
  BootstrapBrokerStringTls: hosts('orders', 9094),
  BootstrapBrokerStringSaslScram: hosts('orders', 9096),
  BootstrapBrokerStringSaslIam: hosts('orders', 9098),
  BootstrapBrokerStringPublicSaslIam: hosts('orders', 9198, 'b-public'),
  BootstrapBrokerStringPublicTls: hosts('orders', 9194, 'b-public'),
  BootstrapBrokerStringVpcConnectivitySaslScram: hosts('orders', 14001, 'b-vpc'),
  BootstrapBrokerStringSaslIamIpv6: hosts('orders', 20098, 'b-v6'),
};

/** IAM alone, as they come. */
export const express: Cluster = provisioned('payments', 'express.m7g.large');
export const expressBrokers: GetBootstrapBrokersResponse = { BootstrapBrokerStringSaslIam: hosts('payments', 9098) };

export const serverless: Cluster = {
  ClusterType: 'SERVERLESS',
  ClusterArn: arnOf('events'),
  ClusterName: 'events',
  CreationTime: new Date('2026-01-05T00:00:00Z'),
  CurrentVersion: 'K2EUQ1WTGCTBG2',
  State: 'ACTIVE',
  Tags: {},
  Serverless: {
    VpcConfigs: [{ SubnetIds: ['subnet-0123456789abcdef0'], SecurityGroupIds: ['sg-0123456789abcdef0'] }],
    ClientAuthentication: { Sasl: { Iam: { Enabled: true } } },
  },
};
export const serverlessBrokers: GetBootstrapBrokersResponse = {
  BootstrapBrokerStringSaslIam: 'boot-a1b2c3d4.c1.kafka-serverless.eu-west-1.amazonaws.com:9098',
};
