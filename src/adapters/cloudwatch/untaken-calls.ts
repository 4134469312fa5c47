/**
 * Which failed calls CloudWatch has surely not taken, and may be repeated.
 *
 * PutMetricData knows no token by which CloudWatch would see that a call came twice: a second copy doubles Sum and SampleCount.
 */
import type { CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';

const MAX_ATTEMPTS = 3;
/** Longest wait before the second attempt; twice as long before the third. */
const BACKOFF_MS = 200;

/** No connection was made. ETIMEDOUT and ECONNRESET are not among them: they also end a call that was sent. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
const THROTTLED = /^(Throttl|RequestThrottled|TooManyRequests|RequestLimitExceeded|SlowDown)/;

/**
 * What became of a call that failed.
 *
 * `refused`: CloudWatch answered that it did not take it. `throttled`: so it did, for the rate of calls alone. `unreached`: no
 * connection was made. `unsent`: the client did not try, as for lack of credentials. `unknown`: it was sent, and no answer says
 * whether it was taken; a failure of the server's own does not say it, either.
 */
export type Fate = 'refused' | 'throttled' | 'unreached' | 'unsent' | 'unknown';

/** The fate of a call, by the error that the client threw. */
export function fateOf(error: unknown): Fate {
  if (!(error instanceof Error)) return 'unknown';
  const { name, message, code, $metadata } = error as Error & {
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (status === 429 || (status !== undefined && status < 500 && THROTTLED.test(name))) return 'throttled';
  if (status !== undefined) return status >= 400 && status < 500 ? 'refused' : 'unknown';
  if (NOT_CONNECTED.has(code ?? '') || /did not establish a connection/.test(message)) return 'unreached';
  // Errors of a connection have a code.
  return code === undefined && name !== 'TimeoutError' ? 'unsent' : 'unknown';
}

/** Up to three attempts of a call that was throttled or never reached CloudWatch, one of any other. */
export const repeatUntaken = {
  acquireInitialRetryToken: async () => tokenOf(0),
  async refreshRetryTokenForRetry(token, { error }) {
    const attempts = token.getRetryCount() + 1;
    const fate = fateOf(error);
    if (attempts < MAX_ATTEMPTS && (fate === 'throttled' || fate === 'unreached')) return tokenOf(attempts);
    throw error;
  },
  recordSuccess() {},
} as const satisfies CloudWatchClientConfig['retryStrategy'];

/** A random part of the wait: watchers of many clusters poll at the same second. */
const tokenOf = (attempts: number) => ({
  getRetryCount: () => attempts,
  getRetryDelay: () => (attempts === 0 ? 0 : Math.random() * BACKOFF_MS * 2 ** (attempts - 1)),
});
