/**
 * What the flows need of the outside world. Adapters and in-memory twins implement these,
 * and where both exist one contract suite runs over both (`test/contracts`).
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
  /** Groups by id, whatever the reader's filters say of groups. Absent: all that they let through. */
  readonly groupIds?: readonly string[];
  /** What may be spent on ages. Absent: nothing, and every age is unknown. */
  readonly ages?: AgeBudget;
}

export interface OffsetsReader {
  /**
   * One reading of the groups named, or of every group.
   *
   * What could not be read is said in the reading (per partition, group or broker); the rest is still returned.
   * A group that is named and unknown to the cluster is in `unreadableGroups`; one without committed offsets in `otherGroups`.
   * @throws KafkaUnreachableError when no broker answers within the deadline
   * @throws KafkaAuthError when the login is refused
   */
  read(request?: ReadRequest): Promise<ClusterReading>;
  close(): Promise<void>;
}

export interface MetricsPublisher {
  /** Publishes all metrics as of `atMs`. @throws when they could not be handed over */
  publish(metrics: readonly Metric[], atMs: number): Promise<void>;
}

export interface HistoryStore {
  /** The stored history; empty when nothing is stored yet, and when what is stored cannot be understood: `lost` says why. */
  load(): Promise<StoredHistory>;
  /** Writes over exactly the version that was loaded. `lost-race`: another poll wrote first, and nothing was written. */
  save(next: StoredHistory): Promise<'saved' | 'lost-race'>;
}

/** A lock on several keys at once, held by one owner until it expires. */
export interface LockRequest {
  /** All are taken, or none. */
  readonly keys: readonly string[];
  /** Execution that asks. Asking again as the same owner succeeds and moves the expiry. */
  readonly owner: string;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

export type LockResult = { readonly kind: 'acquired' } | { readonly kind: 'taken'; readonly key: string };

export interface StateStore {
  acquireLock(request: LockRequest): Promise<LockResult>;
  /** Gives back the keys that `owner` still holds; keys of another owner are left alone. */
  releaseLock(keys: readonly string[], owner: string): Promise<void>;
  /** The lock on one key, whether or not it has expired; `undefined` when there is none. */
  loadLock(key: string): Promise<HeldLock | undefined>;

  /** The newest incident of a group, open or closed; `undefined` when there was none. */
  loadIncident(groupId: string): Promise<Incident | undefined>;
  saveIncident(incident: Incident): Promise<void>;

  /** Until when the service must be left alone, epoch ms; `undefined` without a cooldown. */
  loadCooldown(service: ServiceId): Promise<number | undefined>;
  saveCooldown(service: ServiceId, untilMs: number): Promise<void>;

  loadRaisedCapacity(service: ServiceId): Promise<RaisedCapacity | undefined>;
  /**
   * Notes a raise before it is made. While an earlier one is noted, its `restoreTo` is kept, whatever this one says,
   * and the rest is replaced: what is restored is the capacity from before the first raise.
   * @throws ScalingRefusedError when the raise that is noted is of the other lever
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
  /** Where a person finds the object: a URL or a file path. */
  locationOf(key: string): string;
}

/** A short message for people. Names in it came from Kafka: a sender must not interpret them. */
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
   * Moves the lever from the value that was read to a new one.
   *
   * @throws ScalingRefusedError when the lever no longer stands at `from`: another hand moved it
   */
  scale(service: ServiceId, lever: ScalingLever, from: number, to: number): Promise<ScalingResult>;
}

/** What AWS knows of the MSK clusters of an account and Region. */
export interface ClusterDirectory {
  /**
   * All clusters whose name begins with `namePrefix`; all there are without it.
   *
   * @throws DiscoveryError
   */
  list(namePrefix?: string): Promise<readonly ListedCluster[]>;
  /** @throws DiscoveryError when there is no such cluster, or AWS does not tell */
  describe(arn: string): Promise<Cluster>;
}

/** The cluster as it was last discovered, where the functions in the VPC can reach it. */
export interface ClusterStore {
  /** `undefined` when nothing is stored yet. @throws Error when what is stored cannot be understood, or reached */
  load(): Promise<DiscoveredCluster | undefined>;
  save(cluster: DiscoveredCluster): Promise<void>;
  /** Where a person finds the object. */
  readonly location: string;
}

/** What CloudWatch says of alarms and of the series behind them. Every method throws when it does not tell. */
export interface AlarmContributors {
  /** Those of the alarms that exist, in the order of the names. */
  statuses(names: readonly string[]): Promise<readonly AlarmStatus[]>;
  /** Those of an alarm's series that are in ALARM. CloudWatch names 100 at most. */
  contributors(alarmName: string): Promise<readonly AlarmContributor[]>;
  /** A rule that mutes the alarm now; `undefined` when none does. */
  mutedBy(alarmName: string): Promise<string | undefined>;
  /** The newest `LagRatio` of a group since then, epoch ms; `undefined` when none was published. Dimensions are raw names. */
  newestRatio(dimensions: Metric['dimensions'], sinceMs: number): Promise<number | undefined>;
}

/** Where a run stands. `unknown`: there is none by that name; so it may be said of one that has only just begun. */
export type RunState =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly atMs: number }
  | { readonly kind: 'unknown' };

/** Starts runs of the runbook, and tells of them. */
export interface RunbookRuns {
  /**
   * Starts a run for an event, once for each key: `exists` when one was started with it before, here or anywhere, in the last
   * 90 days. `run` is its name.
   */
  start(key: string, event: AlarmEvent): Promise<{ readonly kind: 'started' | 'exists'; readonly run: string }>;
  /** Where the run of this name stands, whoever started it, and however it ended. */
  stateOf(run: string): Promise<RunState>;
}
