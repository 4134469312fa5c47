import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { NAMESPACE } from '#core/metrics/catalogue.ts';
import { LOGINS } from '#core/msk/logins.ts';
import type { Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { type Articles, articlesAt } from '#lib/alarms/articles.ts';
import { LagAlarms } from '#lib/alarms/lag-alarms.ts';
import { RunbookAlarms } from '#lib/alarms/runbook-alarms.ts';
import { tellSeriesBudget } from '#lib/alarms/series-budget.ts';
import { tellShards } from '#lib/alarms/shard-limits.ts';
import { LagDashboard } from '#lib/dashboard/lag-dashboard.ts';
import { Discoverer } from '#lib/functions/discoverer.ts';
import {
  allowItems,
  allowKafkaReads,
  allowMetricReads,
  allowMetricWrites,
  allowObjects,
  allowScaling,
  allowSecret,
  allowServiceReads,
} from '#lib/functions/permissions.ts';
import { BROKER_READER_MEMORY, brokerTimeout, Poller } from '#lib/functions/poller.ts';
import { Reconciler } from '#lib/functions/reconciler.ts';
import {
  defaultFunctionsDir,
  type FunctionDefaults,
  type NetworkPlacement,
  WatcherFunction,
} from '#lib/functions/watcher-function.ts';
import { Runbook } from '#lib/runbook/runbook.ts';
import type { StepFunctions } from '#lib/runbook/states.ts';
import { settingsFromProps } from './check-props.ts';
import type { LagWatcherProps } from './lag-watcher-props.ts';
import { Storage } from './storage.ts';

const STEP_TIMEOUT = Duration.seconds(30);

/**
 * Watches the consumer groups of one MSK cluster: reads their lag every minute, alarms, and runs the runbook for each
 * group that is in alarm. Any number of them may be in one app.
 *
 * @throws SettingsError naming every prop that is wrong
 */
export class LagWatcher extends Construct implements ec2.IConnectable {
  /** Of the functions that talk to the brokers. */
  readonly connections: ec2.Connections;
  readonly storage: Storage;
  readonly poller: Poller;
  /** Only where the brokers are not given. */
  readonly discoverer?: Discoverer;
  readonly alarms: LagAlarms;
  readonly functions: StepFunctions;
  readonly runbook: Runbook;
  readonly runbookAlarms: RunbookAlarms;
  /** Only where it is wanted. */
  readonly dashboard?: LagDashboard;
  readonly reconciler: Reconciler;

  constructor(scope: Construct, id: string, props: LagWatcherProps) {
    super(scope, id);
    const checked = settingsFromProps(props);
    this.storage = this.newStorage(props);
    const settings = this.withNames(checked);
    const articles = articlesAt(props.runbookUrl);
    const logRetention = props.logRetention ?? RetentionDays.ONE_MONTH;
    const defaults = { settings, logRetention, functionsDir: props.functionsDir ?? defaultFunctionsDir() };
    const network = this.network(props);
    const defaultPort = ec2.Port.tcp(LOGINS[settings.auth].port);
    this.connections = new ec2.Connections({ securityGroups: [network.securityGroup], defaultPort });
    this.openPaths(props, network, settings);
    const reserved = props.pollReservedConcurrency ?? 1;
    const reservation = reserved === 'none' ? {} : { reservedConcurrentExecutions: reserved };
    this.poller = new Poller(this, 'Poller', { ...defaults, network, ...reservation });
    if (props.bootstrapBrokers === undefined) {
      const { storage, poller: before } = this;
      this.discoverer = new Discoverer(this, 'Discoverer', {
        ...defaults,
        articles,
        clusterArn: props.clusterArn,
        storage,
        before,
      });
    }
    this.functions = this.stepFunctions(defaults, network);
    this.grantBrokers(props, settings);
    this.grant(settings);
    const pollInterval = Duration.seconds(settings.timing.pollIntervalSeconds);
    const { clusterName } = settings;
    const { topic } = this.storage;
    const { alarmShards } = settings;
    const poll = this.poller.function.function;
    this.alarms = new LagAlarms(this, 'Alarms', {
      clusterName,
      alarmShards,
      pollInterval,
      budgeted: settings.seriesBudget !== undefined,
      poll,
      topic,
      articles,
    });
    this.runbook = new Runbook(this, 'Runbook', {
      settings,
      functions: this.functions,
      lagAlarms: this.alarms.lag,
      logRetention,
      tracing: props.tracing ?? false,
    });
    const { runbook } = this;
    tellSeriesBudget(this, settings);
    tellShards(this, settings);
    this.runbookAlarms = new RunbookAlarms(this, 'RunbookAlarms', { clusterName, runbook, topic, articles });
    this.reconciler = this.newReconciler(defaults, articles);
    if (props.dashboard ?? true) this.dashboard = this.newDashboard(defaults, articles);
  }

  /** Last: it shows every alarm that was made. */
  private newDashboard({ settings, ...defaults }: FunctionDefaults, articles: Articles): LagDashboard {
    const alarms = this.node.findAll().filter((construct) => construct instanceof Alarm);
    const isOnLag = (alarm: Alarm) => this.alarms.lag.includes(alarm);
    return new LagDashboard(this, 'Dashboard', {
      ...defaults,
      settings: { ...settings, stateMachineArn: this.runbook.stateMachine.stateMachineArn },
      storage: this.storage,
      articles,
      // A widget has room for a hundred: those on the watcher itself are few, and come first.
      alarms: [...alarms.filter((alarm) => !isOnLag(alarm)), ...this.alarms.lag],
    });
  }

  private newStorage({ removalPolicy, incidentRetention, pointInTimeRecovery, topic }: LagWatcherProps): Storage {
    return new Storage(this, 'Storage', {
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
      incidentRetention: incidentRetention ?? Duration.days(365),
      pointInTimeRecovery: pointInTimeRecovery ?? false,
      ...present({ topic }),
    });
  }

  private withNames(settings: Settings): Settings {
    const { bucket, table, topic } = this.storage;
    return { ...settings, historyBucket: bucket.bucketName, stateTable: table.tableName, topicArn: topic.topicArn };
  }

  private network({
    vpc,
    vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  }: LagWatcherProps): NetworkPlacement {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Functions of the lag watcher that read the brokers',
      allowAllOutbound: false,
    });
    return { vpc, vpcSubnets, securityGroup };
  }

  /**
   * To the brokers, to S3 for history and observations, to Secrets Manager for credentials, and to CloudWatch where metrics are
   * no log lines. IAM tokens are signed locally.
   */
  private openPaths(
    { clusterSecurityGroups = [], gatewayEndpoints }: LagWatcherProps,
    network: NetworkPlacement,
    { auth, authSecretArn, metricsSink }: Settings,
  ): void {
    const { vpc, vpcSubnets, securityGroup } = network;
    const login = LOGINS[auth];
    const port = ec2.Port.tcp(login.port);
    const listener = `${login.listener} listener`;
    // The addresses of S3 are a prefix list whose id is not known at synth.
    const others = [
      ...(authSecretArn === undefined ? [] : [', and Secrets Manager']),
      ...(metricsSink === 'emf' ? [] : [', and CloudWatch']),
    ].join('');
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), `S3 through the gateway endpoint${others}`);
    for (const group of clusterSecurityGroups) this.connections.allowTo(group, port, `Lag watcher to the ${listener}`);
    if (clusterSecurityGroups.length === 0) {
      securityGroup.addEgressRule(ec2.Peer.anyIpv4(), port, `${listener} of the brokers`);
      new CfnOutput(this, 'AllowIngress', {
        description: 'Step left to do: allow this in the security group of the MSK cluster',
        value: `inbound TCP ${login.port} from ${securityGroup.securityGroupId}`,
      });
    }
    if (gatewayEndpoints === 'existing') return;
    const service = ec2.GatewayVpcEndpointAwsService.S3;
    new ec2.GatewayVpcEndpoint(this, 'S3Endpoint', { vpc, service, subnets: [vpcSubnets] });
  }

  private stepFunctions(defaults: FunctionDefaults, network: NetworkPlacement): StepFunctions {
    const step = (id: string, name: keyof StepFunctions, description: string) =>
      new WatcherFunction(this, id, { ...defaults, name, description, timeout: STEP_TIMEOUT });
    return {
      observe: new WatcherFunction(this, 'Observe', {
        ...defaults,
        name: 'observe',
        description: 'Reads one consumer group afresh for the runbook',
        timeout: brokerTimeout(defaults.settings.kafkaTimeoutSeconds),
        memorySize: BROKER_READER_MEMORY,
        network,
      }),
      lock: step('Lock', 'lock', 'Takes and gives back the locks of a run of the runbook'),
      diagnose: step('Diagnose', 'diagnose', 'Finds the cause of the lag and decides what to do'),
      scale: step('Scale', 'scale', 'Scales the ECS service of a group, and takes that back'),
      verify: step('Verify', 'verify', 'Judges whether a scaling took hold and helped'),
      report: step('Report', 'report', 'Writes the incident report and sends it'),
    };
  }

  private newReconciler(defaults: FunctionDefaults, articles: Articles): Reconciler {
    const { runbook, storage } = this;
    const { topic } = storage;
    const made = new Reconciler(this, 'Reconciler', { ...defaults, articles, runbook, topic });
    this.grantReconciler(made.function, defaults.settings);
    return made;
  }

  /** It does to a service, and to the incident, what the end of a run does. */
  private grantReconciler(reconcile: WatcherFunction, { mode, services }: Settings): void {
    const { table, topic } = this.storage;
    allowItems(reconcile, table, { kinds: ['lock'], actions: ['GetItem', 'PutItem', 'DeleteItem'] });
    allowItems(reconcile, table, { kinds: ['incident'], actions: ['GetItem', 'PutItem'] });
    allowItems(reconcile, table, { kinds: ['raised'], actions: ['GetItem', 'UpdateItem', 'DeleteItem'] });
    allowServiceReads(reconcile, Stack.of(this), services);
    // A group whose series is gone is in no alarm, and may lag all the same.
    if (services.length > 0) allowMetricReads(reconcile);
    if (mode === 'scale') allowScaling(reconcile, Stack.of(this), services);
    reconcile.allow({ actions: ['sns:Publish'], resources: [topic.topicArn] });
  }

  /** What IAM has a say in: with another kind of login, the cluster's ACLs decide. */
  private grantBrokers({ clusterArn, authSecretKeyArn }: LagWatcherProps, { auth, authSecretArn }: Settings): void {
    for (const fn of [this.poller.function, this.functions.observe]) {
      if (LOGINS[auth].byIam) allowKafkaReads(fn, clusterArn);
      if (authSecretArn !== undefined) allowSecret(fn, authSecretArn, authSecretKeyArn);
    }
  }

  private grant(settings: Settings): void {
    const { bucket, table, topic } = this.storage;
    const { observe, lock, diagnose, scale, verify, report } = this.functions;
    const poll = this.poller.function;
    const stack = Stack.of(this);
    for (const fn of [poll, observe]) {
      if (this.discoverer !== undefined) allowObjects(fn, bucket, { prefix: 'clusters', read: true });
    }
    allowObjects(poll, bucket, { prefix: 'history', read: true, write: true });
    allowObjects(observe, bucket, { prefix: 'history', read: true });
    allowObjects(observe, bucket, { prefix: 'incidents', write: true });
    for (const fn of [diagnose, report]) allowObjects(fn, bucket, { prefix: 'incidents', read: true, write: true });
    for (const fn of [scale, verify]) allowObjects(fn, bucket, { prefix: 'incidents', read: true });
    allowItems(lock, table, { kinds: ['lock'], actions: ['PutItem', 'DeleteItem'] });
    for (const fn of [lock, diagnose, scale, verify, report]) {
      allowItems(fn, table, { kinds: ['incident'], actions: ['GetItem', 'PutItem'] });
    }
    allowItems(diagnose, table, { kinds: ['cooldown'], actions: ['GetItem'] });
    allowItems(scale, table, { kinds: ['cooldown'], actions: ['PutItem'] });
    allowItems(scale, table, { kinds: ['raised'], actions: ['GetItem', 'UpdateItem', 'DeleteItem'] });
    for (const fn of [diagnose, scale, verify]) allowServiceReads(fn, stack, settings.services);
    for (const fn of [diagnose, verify]) allowMetricReads(fn);
    if (settings.metricsSink === 'put-metric-data') allowMetricWrites(poll, NAMESPACE);
    if (settings.mode === 'scale') allowScaling(scale, stack, settings.services);
    report.allow({ actions: ['sns:Publish'], resources: [topic.topicArn] });
  }
}
