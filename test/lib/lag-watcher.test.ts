import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';
import { SETTINGS_ENV } from '#core/settings.ts';
import { FUNCTION_NAMES, synthExample } from '#test/support/stack/synth.ts';

const template = synthExample();
const functions = Object.values(template.findResources('AWS::Lambda::Function'));
const functionNamed = (name: string) => functions.find((fn) => fn.Metadata[FUNCTION_METADATA] === name)?.Properties;

describe('the functions', () => {
  test('all exist, on Node 24 and ARM, each with a log group that expires', () => {
    expect(functions.map((fn) => fn.Metadata[FUNCTION_METADATA]).toSorted()).toEqual(
      FUNCTION_NAMES.filter((name) => name !== 'discover').toSorted(), // the example names the brokers
    );
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      const logs = template.findResources('AWS::Logs::LogGroup')[Properties.LoggingConfig.LogGroup.Ref];
      expect(logs?.Properties.RetentionInDays).toBe(30);
    }
  });

  test('each have a role of their own', () => {
    expect(new Set(functions.map((fn) => JSON.stringify(fn.Properties.Role))).size).toBe(functions.length);
  });

  test('receive the settings as JSON, with the names of the resources', () => {
    const variable = functionNamed('observe')?.Environment.Variables[SETTINGS_ENV];
    const text = variable['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'name')).join('');

    expect(JSON.parse(text)).toMatchObject({
      clusterName: 'orders',
      auth: 'iam',
      mode: 'recommend',
      thresholds: [
        { groups: 'billing', lag: 2000 },
        { groups: '*-batch', lag: 500_000 },
      ],
      isolation: [{ groups: 'billing', level: 'read_committed' }],
      filters: {
        groups: { include: ['*'], exclude: ['console-consumer-*'] },
        topics: { include: ['*'], exclude: ['/-dlq$/'] },
        internalTopics: false,
      },
      timing: { pollIntervalSeconds: 60 },
      historyBucket: 'name',
      stateTable: 'name',
      topicArn: 'name',
    });
  });

  test('are in the VPC only if they read the brokers', () => {
    const inVpc = functions.filter((fn) => fn.Properties.VpcConfig !== undefined);

    expect(inVpc.map((fn) => fn.Metadata[FUNCTION_METADATA]).toSorted()).toEqual(['observe', 'poll']);
  });

  test('in the VPC may not use the permissions that Lambda needs there', () => {
    template.resourcePropertiesCountIs(
      'AWS::IAM::Policy',
      {
        PolicyDocument: Match.objectLike({
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: Match.arrayWith(['ec2:CreateNetworkInterface']),
              Condition: { ArnEquals: { 'lambda:SourceFunctionArn': { 'Fn::GetAtt': Match.anyValue() } } },
            }),
          ],
        }),
      },
      2,
    );
  });

  test('without a bundle are an error that says what to run', () => {
    const empty = mkdtempSync(join(tmpdir(), 'lag-watcher-no-bundles-'));
    onTestFinished(() => rmSync(empty, { recursive: true }));

    expect(() => synthExample({ functionsDir: empty })).toThrow(
      /bundle of function poll does not exist: .*index\.mjs; run npm run build/,
    );
  });
});

describe('the poll', () => {
  test('runs every minute, without retries', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } }),
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test('ends before the next one begins, even with the longest deadline', () => {
    const slow = synthExample({ kafkaTimeoutSeconds: 40, timing: { lockSeconds: 7_200 } });
    const timeouts = Object.values(slow.findResources('AWS::Lambda::Function')).map((fn) => fn.Properties.Timeout);

    expect(Math.max(...timeouts)).toBe(55);
  });

  test('has one reserved execution, unless the props say none', () => {
    const unreserved = synthExample({ pollReservedConcurrency: 'none' });

    expect(functionNamed('poll')?.ReservedConcurrentExecutions).toBe(1);
    unreserved.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { ReservedConcurrentExecutions: Match.anyValue() },
      0,
    );
  });
});

describe('the network', () => {
  test('has a new gateway endpoint for S3 on the route tables of the subnets', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      RouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    });
  });

  test('has no new endpoint where one exists', () => {
    synthExample({ gatewayEndpoints: 'existing' }).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  });

  test('opens paths to the brokers and to S3, and no others', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-0123456789abcdef0',
      FromPort: 9098,
      ToPort: 9098,
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      DestinationSecurityGroupId: 'sg-0123456789abcdef0',
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443 })],
    });
  });

  test('has an output with the missing rule, without a security group of the brokers', () => {
    const closed = synthExample({ clusterSecurityGroupIds: [] });

    closed.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    closed.hasOutput('*', {
      Description: Match.stringLikeRegexp('Left to do: add this rule'),
      Value: { 'Fn::Join': ['', ['inbound TCP 9098 from ', Match.anyValue()]] },
    });
  });
});

describe('another login than IAM', () => {
  const authSecretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_watcher-a1B2c3';

  test.each([
    ['scram', 9096, 'SCRAM'],
    ['mtls', 9094, 'TLS'],
    ['tls', 9094, 'TLS'],
    ['plaintext', 9092, 'plaintext'],
  ] as const)('%s opens port %d', (auth, port, name) => {
    const secret = auth === 'plaintext' ? {} : { authSecretArn };
    const other = synthExample({ auth, ...secret });

    other.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      Description: `Lag watcher to the ${name} listener`,
      FromPort: port,
      ToPort: port,
    });
    synthExample({ auth, ...secret, clusterSecurityGroupIds: [] }).hasOutput('*', {
      Value: { 'Fn::Join': ['', [`inbound TCP ${port} from `, Match.anyValue()]] },
    });
  });
});

describe('storage', () => {
  test('has a private, encrypted bucket, in which incidents expire', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: Match.anyValue(),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: Match.arrayWith([
            Match.objectLike({ Prefix: 'incidents/', ExpirationInDays: 365, Status: 'Enabled' }),
          ]),
        },
      },
    });
  });

  test('has a table with the key and the TTL that the adapter writes', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('leaves with the stack, if the props say so', () => {
    const removed = synthExample({ removalPolicy: RemovalPolicy.DESTROY });

    removed.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    removed.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });

  test('has a log of the runbook with the data of every step', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: false },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/states/'),
    });
  });
});
