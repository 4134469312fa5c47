import { type CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { messageOf } from '#core/errors.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { Clock } from '#core/ports.ts';
import type { ServiceId } from '#core/runbook/service.ts';

export interface ServiceLoadOptions {
  readonly client: CloudWatchClient;
  readonly clock: Clock;
}

/** Means over the running tasks in the last minutes, percent of a task's CPU and memory. */
export interface ServiceLoad {
  readonly cpuPercent: Reading<number>;
  readonly memoryPercent: Reading<number>;
}

/**
 * ECS publishes each minute, one or two minutes late, so five minutes contain at least two values.
 */
const WINDOW_MINUTES = 5;
const QUERIES = { cpu: 'CPUUtilization', memory: 'MemoryUtilization' } as const;

/**
 * Reads an ECS service's CPU and memory use from CloudWatch. Never throws: without a datapoint (no
 * running task, no metric yet, access denied) a value is unknown, with the reason.
 */
export function createServiceLoad({ client, clock }: ServiceLoadOptions): (id: ServiceId) => Promise<ServiceLoad> {
  return async (id) => {
    try {
      const { MetricDataResults = [] } = await client.send(metricDataCommand(id, clock.nowMs()));
      return { cpuPercent: mean(MetricDataResults, 'cpu'), memoryPercent: mean(MetricDataResults, 'memory') };
    } catch (error) {
      const reason = unknown(`CloudWatch did not answer: ${messageOf(error)}`);
      return { cpuPercent: reason, memoryPercent: reason };
    }
  };
}

function metricDataCommand({ cluster, service }: ServiceId, nowMs: number): GetMetricDataCommand {
  const Dimensions = [
    { Name: 'ClusterName', Value: cluster },
    { Name: 'ServiceName', Value: service },
  ];
  return new GetMetricDataCommand({
    StartTime: new Date(nowMs - WINDOW_MINUTES * 60_000),
    EndTime: new Date(nowMs),
    ScanBy: 'TimestampDescending',
    MetricDataQueries: Object.entries(QUERIES).map(([Id, MetricName]) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/ECS', MetricName, Dimensions }, Period: 60, Stat: 'Average' },
    })),
  });
}

function mean(results: readonly MetricDataResult[], id: keyof typeof QUERIES): Reading<number> {
  const result = results.find(({ Id }) => Id === id);
  const values = result?.Values ?? [];
  if (values.length > 0) return known(values.reduce((sum, value) => sum + value, 0) / values.length);
  const status = result?.StatusCode ?? 'no result';
  return unknown(`CloudWatch has no ${QUERIES[id]} of the last ${WINDOW_MINUTES} minutes (${status})`);
}
