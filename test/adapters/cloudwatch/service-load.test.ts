import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createServiceLoad } from '#adapters/cloudwatch/service-load.ts';

describe('createServiceLoad', () => {
  const client = new CloudWatchClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  const nowMs = Date.UTC(2026, 10, 23, 12);
  const load = createServiceLoad({ client, clock: { nowMs: () => nowMs } });
  const id = { cluster: 'prod', service: 'orders' };
  const answer = (MetricDataResults: MetricDataResult[]) =>
    mock.on(GetMetricDataCommand).resolves({ MetricDataResults });

  beforeEach(() => {
    mock.reset();
    mock.onAnyCommand().rejects('not taught');
  });
  afterAll(() => mock.restore());

  it('requests the averages of the service over the last five minutes', async () => {
    answer([]);

    await load(id);

    const Dimensions = [
      { Name: 'ClusterName', Value: 'prod' },
      { Name: 'ServiceName', Value: 'orders' },
    ];
    const query = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/ECS', MetricName, Dimensions }, Period: 60, Stat: 'Average' },
    });
    expect(mock.calls().map((call) => call.args[0].input)).toEqual([
      {
        StartTime: new Date('2026-11-23T11:55:00Z'),
        EndTime: new Date('2026-11-23T12:00:00Z'),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [query('cpu', 'CPUUtilization'), query('memory', 'MemoryUtilization')],
      },
    ]);
  });

  it('returns the mean of the datapoints in any order of the results', async () => {
    answer([
      { Id: 'memory', Values: [40], StatusCode: 'Complete' },
      { Id: 'cpu', Values: [90, 80, 10], StatusCode: 'Complete' },
    ]);

    expect(await load(id)).toEqual({
      cpuPercent: { kind: 'known', value: 60 },
      memoryPercent: { kind: 'known', value: 40 },
    });
  });

  it('returns a measured 0 as known', async () => {
    answer([{ Id: 'cpu', Values: [0], StatusCode: 'Complete' }]);
    expect(await load(id)).toMatchObject({
      cpuPercent: { kind: 'known', value: 0 },
      memoryPercent: { kind: 'unknown' },
    });
  });

  it('returns unknown, never 0, without a datapoint', async () => {
    answer([
      { Id: 'cpu', Values: [], StatusCode: 'Complete' },
      { Id: 'memory', StatusCode: 'InternalError' },
    ]);

    expect(await load(id)).toEqual({
      cpuPercent: { kind: 'unknown', reason: expect.stringContaining('CPUUtilization') },
      memoryPercent: { kind: 'unknown', reason: expect.stringContaining('InternalError') },
    });
  });

  it('returns unknown with the reason when CloudWatch does not answer', async () => {
    const reason = expect.stringContaining('not taught');
    expect(await load(id)).toEqual({
      cpuPercent: { kind: 'unknown', reason },
      memoryPercent: { kind: 'unknown', reason },
    });
  });
});
