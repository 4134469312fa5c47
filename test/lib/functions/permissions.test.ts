import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { alarmNames, lagAlarmNames } from '#lib/index.ts';
import { actionsAllowedTo, actionsOf, allowedTo, functionOf, list, statements } from '#test/support/stack/policies.ts';
import { FUNCTION_NAMES, synthDiscovering, synthExample } from '#test/support/stack/synth.ts';

/** Every action that may have the resource `*`, with the reason. */
const WILDCARD_RESOURCES: Readonly<Record<string, string>> = {
  'ec2:CreateNetworkInterface': 'Lambda makes interfaces that have no ARN yet',
  'ec2:DescribeNetworkInterfaces': 'describing knows no resources',
  'ec2:DescribeSubnets': 'describing knows no resources',
  'ec2:DeleteNetworkInterface': 'Lambda deletes the interfaces it made, whose ids nobody knows at synth',
  'ec2:AssignPrivateIpAddresses': 'as above',
  'ec2:UnassignPrivateIpAddresses': 'as above',
  'ecs:ListTasks': 'its only resource type is the container instance; bounded by the condition ecs:cluster',
  'application-autoscaling:DescribeScalableTargets': 'describing knows no resources',
  'cloudwatch:GetMetricData': 'reading metrics knows no resources',
  'cloudwatch:PutMetricData': 'publishing knows no resources; bounded by the condition cloudwatch:namespace',
  'cloudwatch:ListAlarmMuteRules': 'listing knows no resources',
  'logs:CreateLogDelivery': "Step Functions' logs: log deliveries know no resources",
  'logs:GetLogDelivery': 'as above',
  'logs:UpdateLogDelivery': 'as above',
  'logs:DeleteLogDelivery': 'as above',
  'logs:ListLogDeliveries': 'as above',
  'logs:PutResourcePolicy': 'as above',
  'logs:DescribeResourcePolicies': 'as above',
  'logs:DescribeLogGroups': 'as above',
  'xray:PutTraceSegments': 'X-Ray knows no resources; only with tracing',
  'xray:PutTelemetryRecords': 'as above',
  'xray:GetSamplingRules': 'as above',
  'xray:GetSamplingTargets': 'as above',
};

/** Role of CDK's own function, which calls discover in a deployment and writes its log. */
const TRIGGER_ROLE = /^AWSCDKTriggerCustomResourceProvider/;

const example = synthExample();
const acting = synthExample({ mode: 'scale', tracing: true, metricsSink: 'put-metric-data' });
const discovering = synthDiscovering();

describe.each([
  ['recommend', example],
  ['scale with tracing', acting],
  ['recommend, discovering the brokers', discovering],
])('policies of the stack in mode %s', (_, template) => {
  test('no wildcard action is allowed', () => {
    const allowed = statements(template).filter(({ Effect }) => Effect === 'Allow');

    expect(allowed.length).toBeGreaterThan(20);
    expect(allowed.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('every action on the resource * is in the table of reasons', () => {
    const wide = statements(template).filter(
      ({ Effect, Resource }) => Effect === 'Allow' && list(Resource).includes('*'),
    );
    const actions = wide.flatMap(actionsOf);

    expect(actions).toContain('cloudwatch:GetMetricData');
    expect(actions.filter((action) => WILDCARD_RESOURCES[action] === undefined)).toEqual([]);
  });

  test('no managed policy adds more', () => {
    const roles = Object.entries(template.findResources('AWS::IAM::Role'));
    const managed = roles.filter(([, role]) => role.Properties.ManagedPolicyArns !== undefined);

    expect(managed.filter(([id]) => !TRIGGER_ROLE.test(id))).toEqual([]);
  });
});

test('the table of reasons names nothing that is not used', () => {
  const used = new Set(
    statements(acting)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(actionsOf),
  );

  expect(Object.keys(WILDCARD_RESOURCES).filter((action) => !used.has(action))).toEqual([]);
});

const settingsTextOf = (template: Template, name: string): string =>
  JSON.stringify(functionOf(template, name)?.Properties.Environment);

describe('metrics', () => {
  const mayPublish = (template: Template) =>
    FUNCTION_NAMES.filter((name) => actionsAllowedTo(template, name).has('cloudwatch:PutMetricData'));

  test('no function may publish by the API while metrics are log lines', () => {
    expect(mayPublish(example)).toEqual([]);
  });

  test('with put-metric-data the poll alone may publish, in the one namespace', () => {
    const granted = allowedTo(acting, 'poll').find(({ actions }) => actions.includes('cloudwatch:PutMetricData'));

    expect(mayPublish(acting)).toEqual(['poll']);
    expect(settingsTextOf(acting, 'poll')).toContain('put-metric-data');
    expect(granted).toEqual({
      actions: ['cloudwatch:PutMetricData'],
      resource: '"*"',
      condition: JSON.stringify({ StringEquals: { 'cloudwatch:namespace': 'MskLagWatcher' } }),
    });
  });
});

describe('alarms and runs', () => {
  const granted = (action: string) => allowedTo(example, 'reconcile').find(({ actions }) => actions.includes(action));

  test('reconcile may read only the alarms of its cluster', () => {
    const { actions, resource } = granted('cloudwatch:DescribeAlarms') ?? {};

    expect(actions?.toSorted()).toEqual(['cloudwatch:DescribeAlarmContributors', 'cloudwatch:DescribeAlarms']);
    const named = resource?.match(/:alarm:[^"]*/)?.[0];
    expect(named).toBe(':alarm:msk-lag-watcher-orders-*');
    for (const name of [...lagAlarmNames('orders', 200), ...Object.values(alarmNames('orders'))]) {
      expect(`:alarm:${name}`).toMatch(/^:alarm:msk-lag-watcher-orders-/);
    }
  });

  test('only reconcile may start runs, and only of this runbook', () => {
    const mayStart = FUNCTION_NAMES.filter((name) => actionsAllowedTo(example, name).has('states:StartExecution'));

    expect(mayStart).toEqual(['reconcile']);
    expect(JSON.parse(granted('states:StartExecution')?.resource ?? '{}')).toEqual({
      Ref: expect.stringContaining('StateMachine'),
    });
  });

  test('no function may read metrics without declared services', () => {
    const without = synthExample({ services: [] });

    expect(actionsAllowedTo(example, 'reconcile')).toContain('cloudwatch:GetMetricData');
    expect(statements(without).flatMap(actionsOf)).not.toContain('cloudwatch:GetMetricData');
  });

  test('only reconcile may look up executions, and only of this runbook', () => {
    const mayAsk = FUNCTION_NAMES.filter((name) => actionsAllowedTo(example, name).has('states:DescribeExecution'));
    const { actions, resource } = granted('states:DescribeExecution') ?? {};

    expect(mayAsk).toEqual(['reconcile']);
    expect(actions).toEqual(['states:DescribeExecution']);
    expect(resource).toMatch(/:states:.*:execution:",\{"Fn::GetAtt":\["[^"]*StateMachine[^"]*","Name"\]\},":\*"/);
  });
});

describe('Kafka', () => {
  test.each(['poll', 'observe'])(
    '%s may describe the cluster, its topics and its groups, and read no record',
    (name) => {
      const kafka = allowedTo(example, name).filter(({ actions }) => actions.some((a) => a.startsWith('kafka')));
      const base = 'arn:aws:kafka:eu-west-1:111122223333';
      const id = 'orders/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-2';

      expect(kafka.map(({ actions, resource }) => [actions, resource])).toEqual([
        [['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster'], JSON.stringify(`${base}:cluster/${id}`)],
        [
          ['kafka-cluster:DescribeTopic', 'kafka-cluster:DescribeTopicDynamicConfiguration'],
          JSON.stringify(`${base}:topic/${id}/*`),
        ],
        [['kafka-cluster:DescribeTransactionalId'], JSON.stringify(`${base}:transactional-id/${id}/*`)],
        [['kafka-cluster:DescribeGroup'], JSON.stringify(`${base}:group/${id}/*`)],
      ]);
    },
  );

  const authSecretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_watcher-a1B2c3';
  const authSecretKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
  const scram = synthExample({ auth: 'scram', authSecretArn, authSecretKeyArn });
  const IS_LOGIN = /^(kafka|secretsmanager|kms)/;

  test.each(['poll', 'observe'])('%s with SCRAM may read the secret alone, and decrypt with its key alone', (name) => {
    const login = allowedTo(scram, name).filter(({ actions }) => actions.some((action) => IS_LOGIN.test(action)));

    expect(login.map(({ actions, resource }) => [actions, resource])).toEqual([
      [['secretsmanager:GetSecretValue'], JSON.stringify(authSecretArn)],
      [['kms:Decrypt'], JSON.stringify(authSecretKeyArn)],
    ]);
  });

  test('without authSecretKeyArn no function may decrypt', () => {
    const actions = actionsAllowedTo(synthExample({ auth: 'scram', authSecretArn }), 'poll');

    expect([...actions].filter((action) => IS_LOGIN.test(action))).toEqual(['secretsmanager:GetSecretValue']);
  });

  test.each(['lock', 'diagnose', 'scale', 'verify', 'report', 'reconcile', 'heat-map'])(
    '%s may not read the secret',
    (name) => {
      expect([...actionsAllowedTo(scram, name)].filter((action) => IS_LOGIN.test(action))).toEqual([]);
    },
  );

  test.each(['lock', 'diagnose', 'scale', 'verify', 'report', 'reconcile', 'heat-map'])(
    '%s may not reach the brokers',
    (name) => {
      expect([...actionsAllowedTo(example, name)].filter((action) => action.startsWith('kafka'))).toEqual([]);
    },
  );
});

describe('the API of MSK', () => {
  test('discover may describe this cluster, and nothing else', () => {
    const kafka = allowedTo(discovering, 'discover').filter(({ actions }) =>
      actions.some((a) => a.startsWith('kafka')),
    );
    const arn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/orders/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-2';

    expect(kafka.map(({ actions, resource }) => [actions, resource])).toEqual([
      [['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], JSON.stringify(arn)],
    ]);
  });

  test('no other function may call it', () => {
    const names = FUNCTION_NAMES.filter((name) => name !== 'discover');

    expect(
      names.filter((name) => [...actionsAllowedTo(discovering, name)].some((action) => action.startsWith('kafka:'))),
    ).toEqual([]);
  });

  test("CDK's function may call discover, and nothing else", () => {
    const role = Object.entries(discovering.findResources('AWS::IAM::Role')).find(([id]) => TRIGGER_ROLE.test(id))?.[1];

    expect(role?.Properties.Policies).toEqual([
      {
        PolicyName: 'Inline',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [expect.anything()] }],
        },
      },
    ]);
    expect(JSON.stringify(role?.Properties.Policies)).toContain('Discoverer');
  });
});

describe('services', () => {
  test('in mode recommend no function may change one', () => {
    const actions = statements(example).flatMap(actionsOf);

    expect(actions).not.toContain('ecs:UpdateService');
    expect(actions).not.toContain('application-autoscaling:RegisterScalableTarget');
  });

  test('in mode scale only scale, and reconcile after it, may change exactly those declared', () => {
    const mayChange = FUNCTION_NAMES.filter((name) => actionsAllowedTo(acting, name).has('ecs:UpdateService'));

    expect(mayChange.toSorted()).toEqual(['reconcile', 'scale']);
    for (const name of mayChange) {
      const update = allowedTo(acting, name).find(({ actions }) => actions.includes('ecs:UpdateService'));
      expect(update?.resource.match(/:service\/[^"]+/g)?.toSorted()).toEqual([
        ':service/shop/billing',
        ':service/shop/orders-consumer',
      ]);
    }
  });

  test('scalable targets are bounded to the desired count of ECS services', () => {
    const register = allowedTo(acting, 'scale').find(({ actions }) => actions[0]?.includes('RegisterScalableTarget'));

    expect(register?.resource).toContain(':scalable-target/*');
    expect(JSON.parse(register?.condition ?? '')).toEqual({
      StringEquals: {
        'application-autoscaling:service-namespace': 'ecs',
        'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
      },
    });
  });

  test('tasks are listed in the declared clusters only', () => {
    const lists = allowedTo(example, 'diagnose').find(({ actions }) => actions.includes('ecs:ListTasks'));

    expect(lists?.condition).toMatch(/"ecs:cluster":.*:cluster\/shop"/);
  });

  test('without a declared service nothing of ECS is allowed', () => {
    const actions = statements(synthExample({ mode: 'scale', services: [] })).flatMap(actionsOf);

    expect(actions.filter((action) => /^(ecs|application-autoscaling):/.test(action))).toEqual([]);
  });
});
