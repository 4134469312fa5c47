import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { type Articles, articlesAt } from '#lib/alarms/articles.ts';
import { LagAlarms } from '#lib/alarms/lag-alarms.ts';
import { reportSeriesBudget } from '#lib/alarms/series-budget.ts';
import { warnOfShards } from '#lib/alarms/shard-limits.ts';
import { WatcherAlarms } from '#lib/alarms/watcher-alarms.ts';
import { LagDashboard } from '#lib/dashboard/lag-dashboard.ts';
import { BrokerNetwork } from '#lib/functions/broker-network.ts';
import { Discoverer } from '#lib/functions/discoverer.ts';
import { Poller } from '#lib/functions/poller.ts';
import { Reconciler } from '#lib/functions/reconciler.ts';
import { defaultFunctionsDir, type FunctionDefaults } from '#lib/functions/watcher-function.ts';
import { RunbookFunctions } from '#lib/runbook/functions.ts';
import { Runbook } from '#lib/runbook/runbook.ts';
import { settingsFromProps } from './check-props.ts';
import type { LagWatcherProps } from './lag-watcher-props.ts';
import { Storage } from './storage.ts';

/**
 * Watches the consumer groups of one MSK cluster: reads their lag every minute, raises alarms, and
 * runs the runbook for each group in alarm. An app may hold several of them.
 *
 * @throws SettingsError naming every prop that is wrong
 */
export class LagWatcher extends Construct implements ec2.IConnectable {
  /** Of the functions that read the brokers. */
  readonly connections: ec2.Connections;
  readonly storage: Storage;
  readonly poller: Poller;
  /** Absent where `bootstrapBrokers` is set. */
  readonly discoverer?: Discoverer;
  readonly functions: RunbookFunctions;
  readonly lagAlarms: LagAlarms;
  readonly runbook: Runbook;
  readonly reconciler: Reconciler;
  readonly watcherAlarms: WatcherAlarms;
  /** Absent where `dashboard` is false. */
  readonly dashboard?: LagDashboard;

  constructor(scope: Construct, id: string, props: LagWatcherProps) {
    super(scope, id);
    const settings = settingsFromProps(props);
    this.storage = new Storage(this, 'Storage', props);
    const network = new BrokerNetwork(this, 'Network', { ...props, settings });
    this.connections = network.connections;
    const defaults = this.functionDefaults(props, settings);
    this.poller = new Poller(this, 'Poller', { ...defaults, network, ...reservation(props) });
    if (settings.bootstrapBrokers === undefined) {
      this.discoverer = new Discoverer(this, 'Discoverer', { ...defaults, before: this.poller });
    }
    this.functions = new RunbookFunctions(this, 'Functions', { ...defaults, network });
    const articles = articlesAt(props.runbookUrl);
    this.lagAlarms = new LagAlarms(this, 'LagAlarms', { settings, articles });
    this.runbook = new Runbook(this, 'Runbook', {
      settings,
      functions: this.functions.byName,
      lagAlarms: this.lagAlarms.all,
      logRetention: defaults.logRetention,
      ...present({ tracing: props.tracing }),
    });
    const { stateMachine } = this.runbook;
    const withRuns = { ...defaults, resources: { ...defaults.resources, stateMachine } };
    this.reconciler = new Reconciler(this, 'Reconciler', withRuns);
    this.watcherAlarms = this.newWatcherAlarms(settings, articles);
    if (props.dashboard ?? true) this.dashboard = this.newDashboard(withRuns, articles);
    reportSeriesBudget(this, settings);
    warnOfShards(this, settings);
  }

  private functionDefaults(props: LagWatcherProps, settings: Settings): FunctionDefaults {
    const { clusterArn, authSecretKeyArn, logRetention, functionsDir } = props;
    return {
      settings,
      resources: { storage: this.storage, clusterArn, ...present({ authSecretKeyArn }) },
      logRetention: logRetention ?? RetentionDays.ONE_MONTH,
      functionsDir: functionsDir ?? defaultFunctionsDir(),
    };
  }

  private newWatcherAlarms(settings: Settings, articles: Articles): WatcherAlarms {
    return new WatcherAlarms(this, 'WatcherAlarms', {
      settings,
      poll: this.poller.function,
      discover: this.discoverer?.function,
      reconcile: this.reconciler.function,
      runbook: this.runbook,
      topic: this.storage.topic,
      articles,
    });
  }

  private newDashboard(defaults: FunctionDefaults, articles: Articles): LagDashboard {
    return new LagDashboard(this, 'Dashboard', {
      ...defaults,
      articles,
      // The widget has room for a hundred: the few on the watcher itself come first.
      alarms: [...Object.values(this.watcherAlarms.byName), ...this.lagAlarms.all],
    });
  }
}

function reservation({ pollReservedConcurrency: reserved = 1 }: LagWatcherProps): {
  readonly reservedConcurrentExecutions?: number;
} {
  return reserved === 'none' ? {} : { reservedConcurrentExecutions: reserved };
}
