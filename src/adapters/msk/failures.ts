/** Errors of the MSK API, in words that a person can act on. */
import { DiscoveryError, messageOf } from '#core/errors.ts';

/**
 * By the error's name, code or message: words, and whether a second request can help. The first
 * match counts.
 */
const RULES: readonly (readonly [RegExp, string, boolean])[] = [
  [/^NotFoundException$/, 'there is no such cluster in this account and Region', false],
  [/^(Forbidden|AccessDenied)Exception$/, 'the role or user lacks permission; allow it the action kafka:ACTION', false],
  [
    /Credentials|^(Unauthorized|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|ExpiredToken)/,
    'AWS rejected the credentials; check them, and that they have not expired',
    false,
  ],
  [/^(TooManyRequests|Throttling|LimitExceeded)/, 'MSK throttles requests; try again later', true],
  [/^(ServiceUnavailable|InternalServerError|InternalFailure)/, 'MSK cannot answer now; try again later', true],
  [/^Region is missing/, 'give the AWS Region, or set AWS_REGION', false],
  [/^(BadRequest|Validation)Exception$/, 'MSK rejected the request', false],
  [/^TimeoutError$|^AbortError$|^E[A-Z]+$/, 'the MSK API cannot be reached; check the Region and the network', true],
];

/** The error for a failed request. `action` is the operation of the API. */
export function discoveryError(error: unknown, action: string, about: string): DiscoveryError {
  const rule = RULES.find(([pattern]) => cluesOf(error).some((clue) => pattern.test(clue)));
  const words = rule === undefined ? '' : `${rule[1].replace('ACTION', action)}: `;
  const message = `${action} failed for ${about}: ${words}${messageOf(error)}`;
  return new DiscoveryError(message, { retriable: rule?.[2] ?? false, cause: error });
}

/** MSK rejected the request itself, for example because of the cluster's state. */
export const isBadRequest = (error: unknown): boolean => cluesOf(error).includes('BadRequestException');

function cluesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [error.name, ...code, error.message];
}
