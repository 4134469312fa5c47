/** Errors of the MSK API, in words that a person can act on. */
import { messageOf } from '#core/errors.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';

interface ApiProblem {
  readonly id: string;
  /** `ACTION` stands for the operation of the API. */
  readonly text: string;
}

/** By the error's name, code or message. The first match counts. */
const PROBLEMS: readonly (ApiProblem & { readonly pattern: RegExp })[] = [
  {
    id: 'no-such-cluster',
    pattern: /^NotFoundException$/,
    text: 'there is no such cluster in this account and Region',
  },
  {
    id: 'not-allowed',
    pattern: /^(Forbidden|AccessDenied)Exception$/,
    text: 'the role or user lacks permission; allow it the action kafka:ACTION',
  },
  {
    id: 'credentials-rejected',
    pattern: /Credentials|^(Unauthorized|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|ExpiredToken)/,
    text: 'AWS rejected the credentials; check them, and that they have not expired',
  },
  {
    id: 'throttled',
    pattern: /^(TooManyRequests|Throttling|LimitExceeded)/,
    text: 'MSK throttles requests; try again later',
  },
  {
    id: 'unavailable',
    pattern: /^(ServiceUnavailable|InternalServerError|InternalFailure)/,
    text: 'MSK cannot answer now; try again later',
  },
  { id: 'no-region', pattern: /^Region is missing/, text: 'give the AWS Region, or set AWS_REGION' },
  { id: 'bad-request', pattern: /^(BadRequest|Validation)Exception$/, text: 'MSK rejected the request' },
  {
    id: 'unreachable',
    pattern: /^TimeoutError$|^AbortError$|^E[A-Z]+$/,
    text: 'the MSK API cannot be reached; check the Region and the network',
  },
];

/** The problem behind an error; `undefined` for an unknown one. */
export const apiProblem = (error: unknown): ApiProblem | undefined =>
  PROBLEMS.find(({ pattern }) => cluesOf(error).some((clue) => pattern.test(clue)));

/** The error for a failed request. `action` is the operation of the API. */
export function discoveryError(error: unknown, action: string, about: string): DiscoveryError {
  const problem = apiProblem(error);
  const words = problem === undefined ? '' : `${problem.text.replace('ACTION', action)}: `;
  const message = `${action} failed for ${about}: ${words}${messageOf(error)}`;
  return new DiscoveryError(message, error);
}

function cluesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [error.name, ...code, error.message];
}

/** MSK rejected the request itself, for example because of the cluster's state. */
export const isBadRequest = (error: unknown): boolean => cluesOf(error).includes('BadRequestException');
