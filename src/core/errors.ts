/**
 * Every `error.name` that the product throws on purpose. Step Functions catches and retries by
 * these names, so they are one table; each error class lives with its use case.
 */
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

/** Base of all errors that the product throws on purpose. Its name is one of `ERROR_NAMES`. */
export class WatcherError extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
  }
}

/**
 * No broker answered. The message names each broker, the time spent on it, and its connection
 * error.
 */
export class KafkaUnreachableError extends WatcherError {
  constructor(message: string, cause?: unknown) {
    super(ERROR_NAMES.kafkaUnreachable, message, cause);
  }
}

/** The cluster refused the login, or an ACL refused a request. */
export class KafkaAuthError extends WatcherError {
  constructor(message: string, cause?: unknown) {
    super(ERROR_NAMES.kafkaAuth, message, cause);
  }
}

/** The configuration is wrong. The message lists every problem found. */
export class SettingsError extends WatcherError {
  constructor(problems: readonly string[]) {
    super(ERROR_NAMES.settings, problems.join('\n'));
  }
}

/** A required object, item or service does not exist. */
export class NotFoundError extends WatcherError {
  constructor(what: string) {
    super(ERROR_NAMES.notFound, `${what} does not exist`);
  }
}

/** Message of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
