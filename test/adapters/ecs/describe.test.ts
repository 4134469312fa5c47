import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import { autoScaling, ecs, hasService, hasTarget, id, inputsOf, reset, scaler, target } from './double.ts';

beforeEach(reset);
afterAll(() => {
  ecs.restore();
  autoScaling.restore();
});

describe('describe', () => {
  it('reads counts, lever, addresses and load of a service without a scalable target', async () => {
    expect(await scaler.describe(id)).toStrictEqual({
      id,
      desired: 3,
      running: 2,
      pending: 1,
      deploymentInProgress: false,
      lever: 'desired-count',
      leverValue: 3,
      taskAddresses: { kind: 'known', value: [] },
      cpuPercent: { kind: 'known', value: 12 },
      memoryPercent: { kind: 'unknown', reason: 'no datapoint' },
    });
    expect(inputsOf(ecs, DescribeServicesCommand)).toEqual([{ cluster: 'prod', services: ['orders'] }]);
    expect(inputsOf(autoScaling, DescribeScalableTargetsCommand)).toEqual([
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceIds: ['service/prod/orders'],
      },
    ]);
  });

  it('has the lever MinCapacity where Application Auto Scaling owns the desired count', async () => {
    hasTarget({ ...target, MinCapacity: 0 });

    expect(await scaler.describe(id)).toMatchObject({
      desired: 3,
      lever: 'min-capacity',
      leverValue: 0,
      maxCapacity: 10,
    });
  });

  it.each<[string, Service]>([
    ['a rollout', { deployments: [{ rolloutState: 'IN_PROGRESS' }] }],
    ['two deployments', { deployments: [{ rolloutState: 'COMPLETED' }, { rolloutState: 'COMPLETED' }] }],
  ])('reports %s as a deployment in progress', async (_what, change) => {
    hasService(change);
    expect(await scaler.describe(id)).toMatchObject({ deploymentInProgress: true });
  });

  it.each([
    [
      'the service',
      () => ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'MISSING' }] }),
    ],
    [
      'its cluster',
      () => ecs.on(DescribeServicesCommand).rejects(new ClusterNotFoundException({ $metadata: {}, message: '' })),
    ],
  ])('throws NotFoundError when %s does not exist', async (_what, teach) => {
    teach();
    await expect(scaler.describe(id)).rejects.toMatchObject({
      name: ERROR_NAMES.notFound,
      message: 'ECS service prod/orders does not exist',
    });
  });

  it('throws on any other failure, which does not mean that the service is missing', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'DENIED' }] });
    await expect(scaler.describe(id)).rejects.toThrow(/DENIED/);
  });

  it('throws when a count is missing, and never assumes 0', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [{ status: 'ACTIVE', runningCount: 1, pendingCount: 0 }] });
    await expect(scaler.describe(id)).rejects.toThrow(/desiredCount/);
  });
});

describe('refusal', () => {
  const placement = '(service orders) was unable to place a task because no container instance met its requirements.';
  const at = (minute: number, message: string) => ({ message, createdAt: new Date(minute * 60_000) });

  it.each<[string, Service, RegExp]>([
    ['not active', { status: 'DRAINING' }, /DRAINING/],
    ['a daemon', { schedulingStrategy: 'DAEMON' }, /daemon/],
    ['deployed by CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, /CODE_DEPLOY/],
    ['deployed externally', { deploymentController: { type: 'EXTERNAL' } }, /EXTERNAL/],
    ['failing to start tasks', { deployments: [{ failedTasks: 3 }] }, /3 tasks .* failed/],
    [
      'unable to place tasks',
      { events: [at(1, 'has reached a steady state'), at(2, placement)] },
      /unable to place a task/,
    ],
    ['crash looping', { events: [at(1, 'is unable to consistently start tasks successfully.')] }, /consistently/],
  ])('names the reason for a service that is %s', async (_what, change, reason) => {
    hasService(change);
    expect((await scaler.describe(id)).refusal).toMatch(reason);
  });

  it.each<[string, Service]>([
    ['could not place tasks before a newer event', { events: [at(1, placement), at(2, 'has started 1 tasks')] }],
    ['names ECS as its controller', { deploymentController: { type: 'ECS' } }],
  ])('is absent for a service that %s', async (_what, change) => {
    hasService(change);
    expect(await scaler.describe(id)).not.toHaveProperty('refusal');
  });

  it('lists every reason', async () => {
    hasService({ status: 'INACTIVE', schedulingStrategy: 'DAEMON' });
    expect((await scaler.describe(id)).refusal).toMatch(/INACTIVE.*; .*daemon/);
  });
});

describe('taskAddresses', () => {
  const task = (n: number, change: Task = {}): Task => ({
    taskArn: `task/${n}`,
    lastStatus: 'RUNNING',
    attachments: [
      {
        type: 'ElasticNetworkInterface',
        details: [
          { name: 'subnetId', value: 's' },
          { name: 'privateIPv4Address', value: `10.0.${n >> 8}.${n & 255}` },
        ],
      },
    ],
    ...change,
  });
  const arns = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `task/${from + i}`);

  it('has every running task, page by page, 100 at a time', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: arns(0, 100), nextToken: 'more' });
    ecs.on(ListTasksCommand, { nextToken: 'more' }).resolves({ taskArns: arns(100, 130) });
    ecs.on(DescribeTasksCommand).callsFake(({ tasks }: { tasks: string[] }) => ({
      tasks: tasks.map((arn) => task(Number(arn.slice(5)))),
    }));

    const { taskAddresses } = await scaler.describe(id);

    expect(taskAddresses).toMatchObject({ kind: 'known' });
    expect(taskAddresses.kind === 'known' && new Set(taskAddresses.value).size).toBe(130);
    const listing = { cluster: 'prod', serviceName: 'orders', desiredStatus: 'RUNNING', maxResults: 100 };
    expect(inputsOf(ecs, ListTasksCommand)).toMatchObject([listing, { ...listing, nextToken: 'more' }]);
    expect(inputsOf(ecs, DescribeTasksCommand)).toEqual([
      { cluster: 'prod', tasks: arns(0, 100) },
      { cluster: 'prod', tasks: arns(100, 130) },
    ]);
  });

  it('leaves out tasks that do not run yet, or have ended since they were listed', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: arns(0, 3) });
    ecs.on(DescribeTasksCommand).resolves({
      tasks: [task(1), task(2, { lastStatus: 'PENDING', attachments: [] })],
      failures: [{ arn: 'task/0', reason: 'MISSING' }],
    });

    expect(await scaler.describe(id)).toMatchObject({ taskAddresses: { kind: 'known', value: ['10.0.0.1'] } });
  });

  it.each([
    ['a running task shares the address of its host', { tasks: [task(1), task(2, { attachments: [] })] }, /task\/2/],
    ['a task cannot be described', { tasks: [task(1)], failures: [{ arn: 'task/2', reason: 'DENIED' }] }, /DENIED/],
  ])('is unknown when %s', async (_what, answer, reason) => {
    ecs.on(ListTasksCommand).resolves({ taskArns: arns(1, 3) });
    ecs.on(DescribeTasksCommand).resolves(answer);

    expect(await scaler.describe(id)).toMatchObject({
      taskAddresses: { kind: 'unknown', reason: expect.stringMatching(reason) },
    });
  });

  it('is unknown when the tasks cannot be listed', async () => {
    ecs.on(ListTasksCommand).rejects('denied');
    expect(await scaler.describe(id)).toMatchObject({
      taskAddresses: { kind: 'unknown', reason: expect.stringMatching(/denied/) },
    });
  });
});
