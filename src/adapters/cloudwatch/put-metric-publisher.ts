/**
 * Metrics by the API PutMetricData: for functions that can reach CloudWatch, where log lines do not
 * fit.
 */
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
   * Endpoint, Region, credentials. Retries and connections are fixed here.
   *
   * @default - from the environment
   */
  readonly client?: CloudWatchClientConfig;
}

/**
 * A connection is never used twice. CloudWatch closes an idle one between two polls, while the
 * function is frozen. A call on it would fail like one that CloudWatch may have accepted. Node
 * reuses connections of an agent with a limit of sockets.
 */
const ONE_CALL = { keepAlive: false, maxSockets: Number.POSITIVE_INFINITY };

/** CloudWatch usually answers within a fraction of a second. */
const CONNECTIONS = {
  connectionTimeout: 1_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
  httpAgent: ONE_CALL,
  httpsAgent: ONE_CALL,
};

interface FailedCall {
  readonly call: Call;
  readonly fate: Fate;
  readonly error: unknown;
}

/**
 * Publishes with as few calls as the limits of the API allow, one after the other. The client
 * compresses bodies from 10 KB. Nothing is sent when `checkMetrics` refuses any of the metrics.
 *
 * A call is repeated only when CloudWatch certainly did not accept it, so nothing counts twice. A
 * refused call does not stop the later ones; any other failure does. Both throw a PublishError.
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

async function sendAll(client: CloudWatchClient, calls: readonly Call[]): Promise<FailedCall[]> {
  const failures: FailedCall[] = [];
  for (const [index, call] of calls.entries()) {
    try {
      const MetricData = call.map(({ datum }) => datum);
      await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
    } catch (error) {
      const fate = fateOf(error);
      failures.push({ call, fate, error });
      if (fate === 'refused') continue;
      const rest = calls.slice(index + 1).map((later): FailedCall => ({ call: later, fate: 'unsent', error }));
      return [...failures, ...rest];
    }
  }
  return failures;
}

function publishError(metrics: readonly Metric[], failures: readonly FailedCall[]): PublishError {
  const metricsOf = (chosen: readonly FailedCall[]) => chosen.flatMap(({ call }) => call.map(({ metric }) => metric));
  const uncertain = new Set(metricsOf(failures.filter(({ fate }) => fate === 'unknown')));
  const unpublished = new Set(metricsOf(failures).filter((metric) => !uncertain.has(metric)));
  const [first] = failures;
  return new PublishError({
    published: metrics.length - uncertain.size - unpublished.size,
    uncertain: [...uncertain],
    unpublished: [...unpublished],
    reason: `${nameOf(first?.error)}: ${messageOf(first?.error)}${first?.fate === 'unreached' ? UNREACHED_HINT : ''}`,
    cause: first?.error,
  });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'error');

const UNREACHED_HINT = '; from a VPC this needs an interface endpoint for monitoring, or a NAT gateway';
