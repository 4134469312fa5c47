/** Plays one scenario on a real topic with real clients, until its runbook run has ended. */

import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import type { Clock, MetricsPublisher, OffsetsReader, ServiceScaler } from '#core/ports.ts';
import { parseSettings, scaleTiming } from '#core/settings.ts';
import { type AccountEvent, LocalAccount } from '#local/account/account.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { FileIncidentStore } from '#local/twins/incident-store.ts';
import { MemoryNotifier } from '#local/twins/notifier.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import { createTopic, removeTopic } from '#local/workload/create-topic.ts';
import { LocalService } from '#local/workload/local-service.ts';
import { startConsumer, startProducer } from '#local/workload/start.ts';
import { CLUSTER_NAME, demoSettings, ECS_CLUSTER } from './config.ts';
import { judge, type ScenarioOutcome } from './outcome.ts';
import type { Scenario } from './scenario.ts';

/** Real time after which a hanging scenario fails. */
const DEADLINE_MS = 120_000;

export interface PlayOptions {
  readonly scenario: Scenario;
  readonly bootstrap: string;
  readonly template: unknown;
  readonly timeScale: number;
  /** Where reports and evidence are written. */
  readonly folder: string;
  readonly clock: Clock;
  readonly offsets: OffsetsReader;
  /** The real publisher over a sink of the stand. */
  readonly publisherTo: (write: (line: string) => void) => MetricsPublisher;
  readonly onEvent: (event: AccountEvent) => void;
  /** Deletes topic and group at the end, for a broker that others use. */
  readonly cleanUp: boolean;
}

/** Plays a scenario to its end and returns the outcome. It stops everything that it started. */
export async function play(options: PlayOptions): Promise<ScenarioOutcome> {
  const { scenario, bootstrap } = options;
  const { name, partitions, producer: load, msPerRecord } = scenario;
  await createTopic(bootstrap, name, partitions);
  const id = { cluster: ECS_CLUSTER, service: name };
  const service = new LocalService({
    id,
    desiredCount: scenario.consumers,
    startTask: (number) =>
      startConsumer({ bootstrap, group: name, topic: name, clientId: `${name}-task-${number}`, msPerRecord }),
  });
  const capacity = watchHighest(service, scenario.consumers);
  const stores = {
    state: new MemoryStateStore(),
    notifier: new MemoryNotifier(),
    incidents: new FileIncidentStore(options.folder),
  };
  const ended = Promise.withResolvers<void>();
  const account = accountOver(options, { ...stores, scaler: capacity.scaler }, ended.resolve);
  service.start();
  const producer = startProducer({ bootstrap, topic: name, ...load });
  try {
    account.start();
    await Promise.race([ended.promise, outOfTime()]);
    const incident = await stores.state.loadIncident(name);
    const { desired } = await service.describe(id);
    const { incidents, notifier } = stores;
    return await judge(scenario, {
      incident,
      incidents,
      desired,
      highestTasks: capacity.highest(),
      notifications: notifier.sent,
    });
  } finally {
    await Promise.allSettled([account.stop(), producer.stop()]);
    await service.stop();
    if (options.cleanUp) await removeTopic(bootstrap, { topic: name, group: name });
  }
}

type Stores = Pick<
  ConstructorParameters<typeof LocalAccount>[0]['world'],
  'state' | 'notifier' | 'incidents' | 'scaler'
>;

function accountOver(options: PlayOptions, stores: Stores, onRunEnded: () => void): LocalAccount {
  const { scenario, bootstrap, clock, timeScale, offsets, template } = options;
  const cloudwatch = new MemoryCloudWatch(clock);
  const place = { clusterName: CLUSTER_NAME, bootstrapBrokers: bootstrap, auth: 'plaintext' } as const;
  return new LocalAccount({
    template,
    settings: scaleTiming(parseSettings({ ...demoSettings([scenario]), ...place }), timeScale),
    timeScale,
    cloudwatch,
    world: {
      ...stores,
      clock,
      offsets,
      history: new MemoryHistoryStore(),
      metrics: options.publisherTo((line) => void cloudwatch.ingestEmf(line)),
    },
    onEvent: (event) => {
      options.onEvent(event);
      if (event.kind === 'run-ended') onRunEnded();
    },
  });
}

/** The service as a scaler that records the highest requested task count. */
function watchHighest(service: LocalService, start: number): { scaler: ServiceScaler; highest: () => number } {
  let highest = start;
  const scaler: ServiceScaler = {
    describe: (id) => service.describe(id),
    scale: (id, lever, from, to) => {
      highest = Math.max(highest, to);
      return service.scale(id, lever, from, to);
    },
  };
  return { scaler, highest: () => highest };
}

function outOfTime(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = AbortSignal.timeout(DEADLINE_MS);
  late.addEventListener('abort', () => reject(new Error(`no run ended within ${DEADLINE_MS / 1000} s`)), {
    once: true,
  });
  return promise;
}
