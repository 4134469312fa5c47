/** Errors of a run. */
import { ERROR_NAMES, WatcherError } from '#core/errors.ts';

/** Another run holds the group. */
export class LockTakenError extends WatcherError {
  constructor(message: string) {
    super(ERROR_NAMES.lockTaken, message);
  }
}

/** A run of another group holds the service that both would scale. */
export class ServiceBusyError extends WatcherError {
  constructor(message: string) {
    super(ERROR_NAMES.serviceBusy, message);
  }
}

/** A stored object has a shape that this version does not know: a deployment came in between. */
export class OtherVersionError extends WatcherError {
  constructor(key: string, problems: readonly string[]) {
    super(ERROR_NAMES.otherVersion, `${key} was stored by another version of the watcher: ${problems.join('; ')}`);
  }
}

/** Why a service is not scaled. */
export type ScalingRefusalId =
  | 'not-decided'
  | 'plan-differs'
  | 'desired-count-changed'
  | 'service-refuses'
  | 'deployment-in-progress'
  | 'other-lever-raised'
  | 'service-stopped'
  | 'invalid-count'
  | 'lever-changed'
  | 'lever-moved'
  | 'above-max-capacity';

/** The service must not be scaled now, or something else changed it. */
export class ScalingRefusedError extends WatcherError {
  readonly id: ScalingRefusalId;

  constructor(id: ScalingRefusalId, message: string) {
    super(ERROR_NAMES.scalingRefused, message);
    this.id = id;
  }
}
