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

/** Message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
