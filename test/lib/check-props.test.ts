import { join } from 'node:path';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import { readAppConfig } from '#bin/app-config.ts';
import { present } from '#core/text/json.ts';
import { settingsFromProps } from '#lib/check-props.ts';
import { LagWatcher, type LagWatcherProps, type LagWatcherStackProps } from '#lib/index.ts';
import { EXAMPLE_CONFIG, newApp, synthExample, withStubBundles } from '#test/support/stack/synth.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_watcher-a1B2c3';

describe('wrong props', () => {
  const settingsOf = (changes: Partial<LagWatcherStackProps>): unknown =>
    settingsFromProps({ ...readAppConfig(EXAMPLE_CONFIG), ...changes });
  const errorOf = (changes: Partial<LagWatcherStackProps>, check: typeof settingsOf = settingsOf): string[] => {
    try {
      check(changes);
    } catch (error) {
      expect(error).toMatchObject({ name: 'SettingsError' });
      return error instanceof Error ? error.message.split('\n') : [];
    }
    return [];
  };

  test('are all named at once', () => {
    const problems = errorOf(
      {
        clusterArn: 'orders',
        clusterName: "or'ders",
        pollReservedConcurrency: 0,
        services: [{ group: 'billing', ecsCluster: 'shop', ecsService: '*' }],
        timing: { pollIntervalSeconds: 90, convergeWaitSeconds: 0.5, lockSeconds: 600, reconcileAfterSeconds: 599 },
      },
      synthExample,
    );

    expect(problems).toEqual([
      expect.stringMatching(/^clusterArn: "orders" is not the ARN of an MSK cluster/),
      expect.stringMatching(/^clusterName: is "or'ders"; allowed are 1 to 64 letters/),
      expect.stringMatching(/^pollReservedConcurrency: is 0/),
      expect.stringMatching(/^timing\.pollIntervalSeconds: is 90; allowed are whole minutes/),
      expect.stringMatching(/^timing\.convergeWaitSeconds: is 0\.5/),
      expect.stringMatching(/^services\.0\.ecsService: is "\*"/),
      expect.stringMatching(/^timing\.reconcileAfterSeconds: is 599; allowed are 600 to 86400/),
      expect.stringMatching(/^timing\.lockSeconds: is 600, but a run may take \d+ s/),
    ]);
  });

  test.each([
    [{ auth: 'scram' }, [/^authSecretArn: is missing; auth scram needs the ARN of a secret/]],
    [{ auth: 'mtls' }, [/^authSecretArn: is missing; auth mtls needs the ARN of a secret/]],
    [{ auth: 'iam', authSecretArn: SECRET_ARN }, [/^authSecretArn: is set, and auth iam takes no credentials/]],
    [
      { auth: 'scram', authSecretArn: 'AmazonMSK_watcher' },
      [/^authSecretArn: "AmazonMSK_watcher" is not the whole ARN/],
    ],
    [
      { auth: 'scram', authSecretArn: SECRET_ARN.replace('-a1B2c3', '-*') },
      [/^authSecretArn: .* is not the whole ARN/],
    ],
    [
      { authSecretKeyArn: 'alias/msk' },
      [
        /^authSecretKeyArn: is set without authSecretArn/,
        /^authSecretKeyArn: "alias\/msk" is not the ARN of a KMS key/,
      ],
    ],
    [
      { auth: 'scram', authSecretArn: SECRET_ARN, bootstrapBrokers: 'b-1.example' },
      [/^bootstrapBrokers: "b-1.example" .* set BootstrapBrokerStringSaslScram, whose port is 9096/],
    ],
  ] as const)('of the login: %j', (changes, problems) => {
    expect(errorOf(changes)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  test('are named with what the schema refuses', () => {
    const problems = errorOf({ clusterName: 'a b', utilisation: 2, maxRechecks: 99 });

    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['clusterName', 'utilisation', 'maxRechecks']);
  });

  test('include a wrong pattern, with its place and what is allowed', () => {
    const problems = errorOf({
      thresholds: [{ groups: 'a[b]', lag: 5 }],
      filters: { topics: { include: ['ok', '/(/'] }, groups: { only: ['x'] } as object },
    });

    expect(problems).toEqual([
      expect.stringMatching(/^thresholds\.0\.groups: is "a\[b\]", which has a \[; allowed are globs/),
      expect.stringMatching(/^filters\.groups\.only: is not a setting/),
      expect.stringMatching(/^filters\.topics\.include\.1: is "\/\(\/", which is not a regular expression/),
    ]);
  });

  test('include a lock that is shorter than the longest run, with the duration to set', () => {
    const [problem] = errorOf({ maxVerifyChecks: 30 });
    const needed = Number(/set at least (\d+)/.exec(problem ?? '')?.[1]);

    expect(problem).toMatch(/^timing\.lockSeconds: is 4200/);
    expect(errorOf({ maxVerifyChecks: 30, timing: { lockSeconds: needed - 1 } })).toHaveLength(1);
    expect(errorOf({ maxVerifyChecks: 30, timing: { lockSeconds: needed } })).toEqual([]);
  });

  test('include settings that do not fit into the environment of a function', () => {
    const thresholds = Array.from({ length: 100 }, (_, i) => ({ groups: `group-number-${i}`, lag: 5 }));

    expect(errorOf({ thresholds })).toEqual([
      expect.stringMatching(/^settings: take \d+ bytes of a function's environment/),
    ]);
  });
});

describe('tokens', () => {
  function synthWithTokens(props: (stack: Stack) => Partial<LagWatcherProps>): Template {
    return withStubBundles((functionsDir) => {
      const stack = new Stack(newApp(join(functionsDir, 'cdk.out')), 'Mine');
      const { bootstrapBrokers, clusterArn, network } = readAppConfig(EXAMPLE_CONFIG);
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: network.vpcId,
        availabilityZones: ['a'],
        privateSubnetIds: ['subnet-1'],
        privateSubnetRouteTableIds: ['rtb-1'],
      });
      new LagWatcher(stack, 'Watcher', {
        ...present({ bootstrapBrokers }),
        clusterArn,
        vpc,
        functionsDir,
        ...props(stack),
      });
      return Template.fromStack(stack);
    });
  }
  const parameter = (stack: Stack, id: string) => new CfnParameter(stack, id).valueAsString;

  test('may be the ARN of the cluster, from which come the ARNs of topics and groups', () => {
    const made = synthWithTokens((stack) => ({
      clusterArn: parameter(stack, 'Arn'),
      clusterName: 'orders',
      bootstrapBrokers: parameter(stack, 'Brokers'),
    }));
    const half = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': [':cluster/', { Ref: 'Arn' }] }] });

    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kafka-cluster:DescribeGroup',
            Resource: { 'Fn::Join': ['', [{ 'Fn::Join': [':group/', [half(0), half(1)]] }, '/*']] },
          }),
        ]),
      }),
    });
  });

  test('may not be the name of the cluster, which must then be set', () => {
    expect(() => synthWithTokens((stack) => ({ clusterArn: parameter(stack, 'Arn') }))).toThrow(
      /^clusterName: is not known, since clusterArn is a token/,
    );
    expect(() => synthWithTokens((stack) => ({ clusterName: parameter(stack, 'Name') }))).toThrow(
      /^clusterName: is a token/,
    );
  });
});
