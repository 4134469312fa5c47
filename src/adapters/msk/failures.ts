/** What goes wrong between us and the MSK API, in words that a person can act on. */
import { messageOf } from '#core/errors.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';

/** Explanations by the error's name, code or message. The first match counts. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/^NotFoundException$/, 'there is no such cluster in this account and Region'],
  [/^(Forbidden|AccessDenied)Exception$/, 'the role or user may not ask this; allow it the action kafka:ACTION'],
  [
    /Credentials|^(Unauthorized|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|ExpiredToken)/,
    'AWS takes no such credentials; check them, and that they have not expired',
  ],
  [/^(TooManyRequests|Throttling|LimitExceeded)/, 'MSK is asked too often; try again later'],
  [/^(ServiceUnavailable|InternalServerError|InternalFailure)/, 'MSK cannot answer now; try again later'],
  [/^Region is missing/, 'give the AWS Region, or set AWS_REGION'],
  [/^(BadRequest|Validation)Exception$/, 'MSK does not take the request'],
  [/^TimeoutError$|^AbortError$|^E[A-Z]+$/, 'the MSK API cannot be reached; check the Region and the network'],
];

/** The error that a failed request stands for. `action` is the operation of the API. */
export function discoveryError(error: unknown, action: string, about: string): DiscoveryError {
  const rule = RULES.find(([pattern]) => cluesOf(error).some((clue) => pattern.test(clue)));
  const words = rule === undefined ? '' : `${rule[1].replace('ACTION', action)}: `;
  const message = `${action} failed for ${about}: ${words}${messageOf(error)}`;
  return new DiscoveryError(message, error);
}

/** True when MSK refuses the request as such: for one, in a state of the cluster that it is not for. */
export const isBadRequest = (error: unknown): boolean => cluesOf(error).includes('BadRequestException');

function cluesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [error.name, ...code, error.message];
}
