/**
 * The adapters to services of AWS, made from the settings. The reader of the brokers is in
 * `brokers.ts`.
 */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { createAlarmContributors } from '#adapters/cloudwatch/alarm-contributors.ts';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { createPutMetricPublisher } from '#adapters/cloudwatch/put-metric-publisher.ts';
import { createServiceLoad } from '#adapters/cloudwatch/service-load.ts';
import { createDynamoStateStore } from '#adapters/dynamodb/state-store.ts';
import { createEcsServiceScaler, type EcsScalerOptions } from '#adapters/ecs/service-scaler.ts';
import { createMskClusterDirectory, mskClient } from '#adapters/msk/cluster-directory.ts';
import { createS3ClusterStore } from '#adapters/s3/cluster-store.ts';
import { createS3HistoryStore } from '#adapters/s3/history-store.ts';
import { createS3IncidentStore } from '#adapters/s3/incident-store.ts';
import { createSnsNotifier } from '#adapters/sns/notifier.ts';
import { createRunbookRuns } from '#adapters/stepfunctions/runbook-runs.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { SettingsError } from '#core/errors.ts';
import { unknown } from '#core/kafka/reading.ts';
import type { Clock, MetricsPublisher } from '#core/ports.ts';
import { type Settings, settingsFromEnv } from '#core/settings.ts';
import { once } from './handler.ts';

interface Base {
  readonly settings: Settings;
  readonly clock: Clock;
}

/** Makers of adapters, by their names in the world of flows. */
type Makers = Readonly<Record<string, (settings: Settings) => unknown>>;

/**
 * The world of a function: settings, the clock, and the adapters that it lists. The first event
 * makes all of them, and the sandbox keeps them. A bundle holds only the adapters that its function
 * lists.
 *
 * @throws SettingsError when it is called
 */
export function worldOf<M extends Makers>(makers: M): () => Base & { readonly [K in keyof M]: ReturnType<M[K]> } {
  return once(() => {
    const base: Base = { settings: settingsFromEnv(process.env), clock: systemClock };
    const made = Object.entries(makers).map(([name, make]) => [name, make(base.settings)]);
    return { ...base, ...Object.fromEntries(made) };
  });
}

/**
 * When S3 does not answer (a VPC without a gateway endpoint), the poll must go on without history:
 * two tries of four seconds at most. Without these limits the client waits for ever.
 */
const s3 = (): S3Client =>
  new S3Client({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });

export const historyOf = (settings: Settings) =>
  createS3HistoryStore({
    client: s3(),
    bucket: named(settings, 'historyBucket'),
    clusterName: settings.clusterName,
  });

/** The publisher that the settings choose. */
export const metricsOf = ({ metricsSink }: Settings): MetricsPublisher =>
  metricsSink === 'emf' ? createEmfPublisher() : createPutMetricPublisher();

export const clustersOf = (settings: Settings) =>
  createS3ClusterStore({ client: s3(), bucket: named(settings, 'historyBucket'), clusterName: settings.clusterName });

export const directoryOf = () => createMskClusterDirectory({ client: mskClient() });

export const incidentsOf = (settings: Settings) =>
  createS3IncidentStore({ client: s3(), bucket: named(settings, 'historyBucket') });

export const stateOf = (settings: Settings) =>
  createDynamoStateStore({ client: new DynamoDBClient(), table: named(settings, 'stateTable') });

export const notifierOf = (settings: Settings) =>
  createSnsNotifier({ client: new SNSClient(), topicArn: named(settings, 'topicArn') });

export const alarmsOf = () => createAlarmContributors({ client: new CloudWatchClient(), clock: systemClock });

export const runsOf = (settings: Settings) =>
  createRunbookRuns({ client: new SFNClient(), stateMachineArn: named(settings, 'stateMachineArn') });

/** With the services' CPU and memory. It needs the permission to read metrics. */
export const scalerOf = () => ecsScaler(createServiceLoad({ client: new CloudWatchClient(), clock: systemClock }));

/** Without CPU and memory: a function that only scales may not read metrics. */
export const scalerWithoutLoad = () => {
  const notAsked = unknown('not requested');
  return ecsScaler(async () => ({ cpuPercent: notAsked, memoryPercent: notAsked }));
};

const ecsScaler = (load: EcsScalerOptions['load']) =>
  createEcsServiceScaler({ ecs: new ECSClient(), autoScaling: new ApplicationAutoScalingClient(), load });

function named(settings: Settings, key: 'historyBucket' | 'stateTable' | 'topicArn' | 'stateMachineArn'): string {
  const value = settings[key];
  if (value === undefined) throw new SettingsError([`${key}: is not set, and this function needs it`]);
  return value;
}
