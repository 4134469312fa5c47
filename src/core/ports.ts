/**
 * What the flows need from the outside world. Adapters and in-memory twins implement these ports.
 * Where both exist, one contract suite runs over both (`test/contracts`).
 */
import type { AgeBudget } from '#core/ages/budget.ts';
import type { StoredHistory } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import type { Cluster, ListedCluster } from '#core/msk/cluster.ts';
import type { DiscoveredCluster } from '#core/msk/discovered-cluster.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';
import type { AlarmContributor, AlarmStatus, HeldLock, RaisedCapacity } from '#core/runbook/records.ts';
import type { ScalingLever, ScalingResult, ServiceId, ServiceStatus } from '#core/runbook/service.ts';

export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
}

/** What to read. */
export interface ReadRequest {
  /** Groups by id, regardless of the reader's filters. Absent: all groups that pass the filters. */
  readonly groupIds?: readonly string[];
  /** Budget for reading ages. Absent: none, and every age is unknown. */
  readonly ages?: AgeBudget;
}

export interface OffsetsReader {
  /**
   * One reading of the named groups, or of every group.
   *
   * The reading lists what could not be read, by partition, group or broker, beside the rest. A
   * named group that the cluster does not know is in `unreadableGroups`, one without committed
   * offsets in `otherGroups`.
   *
   * @throws KafkaUnreachableError when no broker answers within the deadline
   * @throws KafkaAuthError when the login is refused
   */
  read(request?: ReadRequest): Promise<ClusterReading>;
  close(): Promise<void>;
}

export interface MetricsPublisher {
  /** Publishes all metrics as of `atMs`. @throws PublishError or other errors when it could not */
  publish(metrics: readonly Metric[], atMs: number): Promise<void>;
}

export interface HistoryStore {
  /**
   * The stored history; empty when nothing is stored yet, or when it cannot be decoded: `lost` says
   * why.
   */
  load(): Promise<StoredHistory>;
  /**
   * Replaces exactly the version that was loaded. `lost-race`: another poll wrote first, so nothing
   * was written.
   */
  save(next: StoredHistory): Promise<'saved' | 'lost-race'>;
}

/** A lock on several keys at once, held by one owner until it expires. */
export interface LockRequest {
  /** All are locked, or none. */
  readonly keys: readonly string[];
  /** The execution. A repeated request of the same owner succeeds and moves the expiry. */
  readonly owner: string;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

export type LockResult = { readonly kind: 'acquired' } | { readonly kind: 'taken'; readonly key: string };

export interface StateStore {
  acquireLock(request: LockRequest): Promise<LockResult>;
  /** Releases the keys that `owner` still holds, and no others. */
  releaseLock(keys: readonly string[], owner: string): Promise<void>;
  /** The lock on one key, held or expired; `undefined` when there is none. */
  loadLock(key: string): Promise<HeldLock | undefined>;

  /** The newest incident of a group, open or closed; `undefined` when there was none. */
  loadIncident(groupId: string): Promise<Incident | undefined>;
  saveIncident(incident: Incident): Promise<void>;

  /** End of the service's cooldown, epoch ms; `undefined` without one. */
  loadCooldown(service: ServiceId): Promise<number | undefined>;
  saveCooldown(service: ServiceId, untilMs: number): Promise<void>;

  loadRaisedCapacity(service: ServiceId): Promise<RaisedCapacity | undefined>;
  /**
   * Notes a raise before it is made. While an earlier raise is noted, its `restoreTo` stays and the
   * rest is replaced, so that a restore returns to the capacity from before the first raise.
   *
   * @throws ScalingRefusedError when the noted raise is of the other lever
   */
  saveRaisedCapacity(raised: RaisedCapacity): Promise<void>;
  clearRaisedCapacity(service: ServiceId): Promise<void>;
}

/** Evidence and reports: objects too large to travel between the states of the runbook. */
export interface IncidentStore {
  /** Stores a JSON value; bigints come back as decimal strings. */
  putJson(key: string, value: unknown): Promise<void>;
  /** @throws NotFoundError */
  getJson(key: string): Promise<unknown>;
  putText(key: string, text: string): Promise<void>;
  /** Location of the object for people: a URL or a file path. */
  locationOf(key: string): string;
}

/** A short message for people. Its names come from Kafka, so a sender must not interpret them. */
export interface Notification {
  readonly subject: string;
  readonly body: string;
  /** Messages of one incident belong together. */
  readonly threadId: string;
}

export interface Notifier {
  notify(notification: Notification): Promise<void>;
}

export interface ServiceScaler {
  /** @throws NotFoundError when there is no such service */
  describe(service: ServiceId): Promise<ServiceStatus>;
  /**
   * Sets the lever from the value that was read to a new one.
   *
   * @throws ScalingRefusedError when the value is no longer `from`: something else changed it
   */
  scale(service: ServiceId, lever: ScalingLever, from: number, to: number): Promise<ScalingResult>;
}

/** The MSK clusters of an account and Region, as AWS lists them. */
export interface ClusterDirectory {
  /**
   * All clusters whose name begins with `namePrefix`; without it all clusters.
   *
   * @throws DiscoveryError
   */
  list(namePrefix?: string): Promise<readonly ListedCluster[]>;
  /** @throws DiscoveryError when there is no such cluster, or AWS does not answer */
  describe(arn: string): Promise<Cluster>;
}

/** The last discovered cluster, where the functions in the VPC can read it. */
export interface ClusterStore {
  /** `undefined` when nothing is stored yet. @throws Error when it cannot be read or decoded */
  load(): Promise<DiscoveredCluster | undefined>;
  save(cluster: DiscoveredCluster): Promise<void>;
  /** Location of the object for people. */
  readonly location: string;
}

/**
 * Alarms in CloudWatch, and the series behind them. Every method throws when CloudWatch does not
 * answer.
 */
export interface AlarmContributors {
  /** The alarms that exist, in the order of the names. */
  statuses(names: readonly string[]): Promise<readonly AlarmStatus[]>;
  /** The series of an alarm that are in ALARM. CloudWatch returns at most 100. */
  contributors(alarmName: string): Promise<readonly AlarmContributor[]>;
  /** A rule that mutes the alarm now; `undefined` when there is none. */
  mutedBy(alarmName: string): Promise<string | undefined>;
  /**
   * The newest `LagRatio` of a group since a time, epoch ms; `undefined` without one. Dimensions
   * are raw names.
   */
  newestRatio(dimensions: Metric['dimensions'], sinceMs: number): Promise<number | undefined>;
}

/**
 * State of a run. `unknown`: no run of that name, or one that started moments ago (Step Functions
 * lists it late).
 */
export type RunState =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly atMs: number }
  | { readonly kind: 'unknown' };

/** Starts runs of the runbook, and reads their state. */
export interface RunbookRuns {
  /**
   * Starts a run for an event, once for each key. `exists`: a run of that key was started in the
   * last 90 days, here or elsewhere. `run` is its name.
   */
  start(key: string, event: AlarmEvent): Promise<{ readonly kind: 'started' | 'exists'; readonly run: string }>;
  /** State of the run of this name, whatever started it and however it ended. */
  stateOf(run: string): Promise<RunState>;
}
