/** Metrics by the API PutMetricData: for functions with a way out of the VPC, where log lines are not wanted or not delivered. */
import { CloudWatchClient, type CloudWatchClientConfig, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { messageOf } from '#core/errors.ts';
import { type Metric, NAMESPACE } from '#core/metrics/catalogue.ts';
import { checkMetrics } from '#core/metrics/checks.ts';
import { PublishError } from '#core/metrics/publish-error.ts';
import type { MetricsPublisher } from '#core/ports.ts';
import { type Call, callsFor } from './metric-data.ts';
import { type Fate, fateOf, repeatUntaken } from './untaken-calls.ts';

export interface PutMetricOptions {
  /**
   * Endpoint, Region, credentials. How calls are repeated and connections kept is not for the caller to say.
   *
   * @default - from the environment
   */
  readonly client?: CloudWatchClientConfig;
}

/**
 * A connection is never used twice: the other side closes an idle one between two polls, while the function is frozen, and the call
 * that meets its end could not be told from one that was taken. Node keeps connections of an agent whose sockets are limited.
 */
const ONE_CALL = { keepAlive: false, maxSockets: Number.POSITIVE_INFINITY };

/** A call answers within a fraction of a second. */
const CONNECTIONS = {
  connectionTimeout: 1_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
  httpAgent: ONE_CALL,
  httpsAgent: ONE_CALL,
};

interface Failure {
  readonly call: Call;
  readonly fate: Fate;
  readonly error: unknown;
}

/**
 * Publishes with as few calls as the limits of the API allow, one after the other; the client compresses a body of 10 KB and
 * more. Nothing is sent when a metric of the lot is refused by `checkMetrics`.
 *
 * A call is repeated only when CloudWatch surely did not take it, so nothing counts twice. After one that was refused the others
 * are sent all the same; after any other failure they are not. Either throws a PublishError.
 *
 * A second publication of a series within one minute adds to the first, as with EMF.
 */
export function createPutMetricPublisher({ client: config = {} }: PutMetricOptions = {}): MetricsPublisher {
  const client = new CloudWatchClient({ ...config, retryStrategy: repeatUntaken, requestHandler: CONNECTIONS });
  return {
    async publish(metrics, atMs) {
      checkMetrics(metrics);
      const failures = await sendAll(client, callsFor(metrics, Math.trunc(atMs)));
      if (failures.length > 0) throw publishError(metrics, failures);
    },
  };
}

async function sendAll(client: CloudWatchClient, calls: readonly Call[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const [index, call] of calls.entries()) {
    try {
      const MetricData = call.map(({ datum }) => datum);
      await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
    } catch (error) {
      const fate = fateOf(error);
      failures.push({ call, fate, error });
      if (fate === 'refused') continue;
      const rest = calls.slice(index + 1).map((later): Failure => ({ call: later, fate: 'unsent', error }));
      return [...failures, ...rest];
    }
  }
  return failures;
}

function publishError(metrics: readonly Metric[], failures: readonly Failure[]): PublishError {
  const metricsOf = (chosen: readonly Failure[]) => chosen.flatMap(({ call }) => call.map(({ metric }) => metric));
  const uncertain = new Set(metricsOf(failures.filter(({ fate }) => fate === 'unknown')));
  const unpublished = new Set(metricsOf(failures).filter((metric) => !uncertain.has(metric)));
  const [first] = failures;
  return new PublishError({
    published: metrics.length - uncertain.size - unpublished.size,
    uncertain: [...uncertain],
    unpublished: [...unpublished],
    reason: `${nameOf(first?.error)}: ${messageOf(first?.error)}${first?.fate === 'unreached' ? NO_WAY : ''}`,
    cause: first?.error,
  });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'error');

const NO_WAY = '; from a VPC that takes an interface endpoint for monitoring, or a NAT gateway';
