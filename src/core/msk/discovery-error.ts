/** The error of a discovery. */
import { ERROR_NAMES, WatcherError } from '#core/errors.ts';

/**
 * The MSK API did not answer a question about a cluster: no such cluster, no permission, or not
 * now.
 */
export class DiscoveryError extends WatcherError {
  constructor(message: string, cause?: unknown) {
    super(ERROR_NAMES.discovery, message, cause);
  }
}
