/** Login tokens of MSK's IAM authentication, signed on this machine without a request to AWS. */
import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';
import type { Clock } from '#core/ports.ts';

/** A token is not used in its last minute, so that it cannot expire on the way. */
const SPARE_MS = 60_000;

/**
 * A source of valid tokens. It signs a new one when the last is about to expire.
 *
 * @throws (the source) when there are no AWS credentials
 */
export function tokenSource(region: string, clock: Clock): () => Promise<string> {
  let current: { readonly token: string; readonly expiryTime: number } | undefined;
  return async () => {
    if (current === undefined || clock.nowMs() > current.expiryTime - SPARE_MS) {
      current = await generateAuthToken({ region });
    }
    return current.token;
  };
}
