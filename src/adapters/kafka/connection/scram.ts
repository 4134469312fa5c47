/**
 * SCRAM of the client, which also finds out whether the broker refused the user or the password.
 */
import { AuthenticationError, type SASLCustomAuthenticator, saslScramSha } from '@platformatic/kafka';
import { causesOf } from '#adapters/kafka-access/connection-problems.ts';

/** Message of the error when the broker refuses the first message, which contains only the user. */
export const UNKNOWN_USER = 'the user is not known';

/** Logs in with SCRAM-SHA-512. */
export const authenticateScram: SASLCustomAuthenticator = (_mechanism, connection, authenticate, ...rest) => {
  const [username = '', password = '', , callback] = rest;
  let messages = 0;
  const counted = Object.assign((...args: Parameters<typeof authenticate>) => {
    messages++;
    return authenticate(...args);
  }, authenticate);
  const { defaultCrypto } = saslScramSha;
  saslScramSha.authenticate(counted, connection, 'SHA-512', username, password, defaultCrypto, (error, response) =>
    callback(error === null ? null : nameOf(error, messages), response),
  );
};

/** The client reports everything as a refusal, even a connection that breaks halfway. */
function nameOf(error: Error, messages: number): Error {
  const causes = causesOf(error);
  const refused = causes.some((cause) => 'apiId' in cause && cause.apiId === 'SASL_AUTHENTICATION_FAILED');
  if (!refused) return error.cause instanceof Error ? error.cause : error;
  return messages === 1 ? new AuthenticationError(UNKNOWN_USER, { cause: error }) : error;
}
