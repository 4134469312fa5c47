/**
 * Errors of the product. `name` is a contract: Step Functions matches it in `ErrorEquals`,
 * so `lib/runbook.ts` reads the names from here.
 */
import type { Metric, MetricName } from './metrics.ts';
import type { Reconciliation } from './reconcile.ts';

/** Every `error.name` the product throws on purpose. */
export const ERROR_NAMES = {
  kafkaUnreachable: 'KafkaUnreachableError',
  kafkaAuth: 'KafkaAuthError',
  lockTaken: 'LockTakenError',
  serviceBusy: 'ServiceBusyError',
  settings: 'SettingsError',
  notFound: 'NotFoundError',
  otherVersion: 'OtherVersionError',
  scalingRefused: 'ScalingRefusedError',
  discovery: 'DiscoveryError',
  publish: 'PublishError',
  reconcile: 'ReconcileError',
} as const;

/** Base of the errors below: a stable name, and whether trying again can help. */
export class WatcherError extends Error {
  readonly retriable: boolean;

  constructor(name: string, message: string, options: { retriable: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = name;
    this.retriable = options.retriable;
  }
}

/** No broker answered. The message names each broker asked, for how long, and what the connection said. */
export class KafkaUnreachableError extends WatcherError {
  constructor(message: string, cause?: unknown) {
    super(ERROR_NAMES.kafkaUnreachable, message, { retriable: true, cause });
  }
}

/** The login or an ACL refused. */
export class KafkaAuthError extends WatcherError {
  constructor(message: string, cause?: unknown) {
    super(ERROR_NAMES.kafkaAuth, message, { retriable: false, cause });
  }
}

/** Another run holds the group. */
export class LockTakenError extends WatcherError {
  constructor(message: string) {
    super(ERROR_NAMES.lockTaken, message, { retriable: false });
  }
}

/** A run of another group holds the service that both would scale. */
export class ServiceBusyError extends WatcherError {
  constructor(message: string) {
    super(ERROR_NAMES.serviceBusy, message, { retriable: true });
  }
}

/** The configuration is wrong; the message lists every problem found. */
export class SettingsError extends WatcherError {
  constructor(problems: readonly string[]) {
    super(ERROR_NAMES.settings, problems.join('\n'), { retriable: false });
  }
}

/** An object or item that had to exist does not. */
export class NotFoundError extends WatcherError {
  constructor(what: string) {
    super(ERROR_NAMES.notFound, `${what} does not exist`, { retriable: false });
  }
}

/** What an earlier step of a run stored is not of the shape that this version knows: a deployment came in between. */
export class OtherVersionError extends WatcherError {
  constructor(key: string, problems: readonly string[]) {
    super(ERROR_NAMES.otherVersion, `${key} was stored by another version of the watcher: ${problems.join('; ')}`, {
      retriable: false,
    });
  }
}

/** The service is not in a state in which it may be scaled, or another hand moved it. */
export class ScalingRefusedError extends WatcherError {
  constructor(message: string) {
    super(ERROR_NAMES.scalingRefused, message, { retriable: false });
  }
}

/** The MSK API did not tell what it was asked: no such cluster, not allowed, or not now. */
export class DiscoveryError extends WatcherError {
  constructor(message: string, options: { retriable: boolean; cause?: unknown }) {
    super(ERROR_NAMES.discovery, message, options);
  }
}

/** Some groups, services or alarms could not be reconciled; the others were. The next time looks at all of them anew. */
export class ReconcileError extends WatcherError {
  /** What was done about the others, without what was left as it is; for the log. */
  readonly done: readonly Reconciliation[];
  /** What is in ALARM and names no group. */
  readonly nameless: readonly string[];
  /** Lag alarms that CloudWatch could not evaluate whole. */
  readonly partial: readonly string[];

  constructor(
    failures: readonly string[],
    { done, nameless, partial }: Pick<ReconcileError, 'done' | 'nameless' | 'partial'>,
  ) {
    const counts = Map.groupBy(done, ({ did }) => did);
    const others = [...counts].map(([did, { length }]) => `${length} ${did}`).join(', ');
    const beside = others === '' ? 'nothing else was to be looked at' : `of the others ${others}`;
    super(ERROR_NAMES.reconcile, `${failures.length} could not be reconciled, ${beside}: ${failures.join('; ')}`, {
      retriable: true,
    });
    this.done = done.filter(({ did }) => did !== 'left');
    this.nameless = nameless;
    this.partial = partial;
  }
}

export interface PublishFailure {
  /** Metrics that were published for certain. */
  readonly published: number;
  /** Metrics that were sent, wholly or in part, without an answer that says whether they were taken. */
  readonly uncertain: readonly Metric[];
  /** Metrics of which at least a part was not published. */
  readonly unpublished: readonly Metric[];
  /** What the first failure said, and what can be done about it. */
  readonly reason: string;
  readonly cause: unknown;
}

/** Metrics were not published, or may not have been. Not to be tried again: those that were taken would count twice. */
export class PublishError extends WatcherError {
  readonly uncertain: readonly Metric[];
  readonly unpublished: readonly Metric[];

  constructor({ published, uncertain, unpublished, reason, cause }: PublishFailure) {
    const all = published + uncertain.length + unpublished.length;
    const maybe = uncertain.length === 0 ? '' : `, ${uncertain.length} may have been (${namesOf(uncertain)})`;
    const not = unpublished.length === 0 ? '' : `, ${unpublished.length} were not (${namesOf(unpublished)})`;
    super(ERROR_NAMES.publish, `of ${all} metrics ${published} were published${maybe}${not}: ${reason}`, {
      retriable: false,
      cause,
    });
    this.uncertain = uncertain;
    this.unpublished = unpublished;
  }
}

function namesOf(metrics: readonly Metric[]): string {
  const counts = new Map<MetricName, number>();
  for (const { name } of metrics) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

/** Message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
