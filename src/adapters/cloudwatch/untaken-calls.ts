/**
 * Which failed calls CloudWatch certainly did not accept, so that they may be repeated.
 *
 * PutMetricData has no idempotency token: a second copy of a call doubles Sum and SampleCount.
 */
import type { CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';

const MAX_ATTEMPTS = 3;
/** Longest wait before the second attempt; twice as long before the third. */
const BACKOFF_MS = 200;

/**
 * No connection was made. ETIMEDOUT and ECONNRESET are missing: they can also end a call that was
 * sent.
 */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
const THROTTLED = /^(Throttl|RequestThrottled|TooManyRequests|RequestLimitExceeded|SlowDown)/;

/**
 * What happened to a failed call.
 *
 * `refused`: CloudWatch rejected it. `throttled`: CloudWatch rejected it because of the rate of
 * calls. `unreached`: no connection was made. `unsent`: the client did not try, for example without
 * credentials. `unknown`: it was sent, and CloudWatch may have accepted it; a server error leaves
 * that open too.
 */
export type Fate = 'refused' | 'throttled' | 'unreached' | 'unsent' | 'unknown';

/** What happened to a call, from the error that the client threw. */
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
  // Connection errors have a code.
  return code === undefined && name !== 'TimeoutError' ? 'unsent' : 'unknown';
}

/** Up to three attempts when a call was throttled or never reached CloudWatch, else one. */
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

/** The delay is random: the watchers of many clusters poll in the same second. */
const tokenOf = (attempts: number) => ({
  getRetryCount: () => attempts,
  getRetryDelay: () => (attempts === 0 ? 0 : Math.random() * BACKOFF_MS * 2 ** (attempts - 1)),
});
