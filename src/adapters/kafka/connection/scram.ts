/** SCRAM as the client does it, with what it does not tell: whether the user or the password was refused. */
import { AuthenticationError, type SASLCustomAuthenticator, saslScramSha } from '@platformatic/kafka';
import { causesOf } from '#adapters/kafka-access/connection-problems.ts';

/** What an error says when the broker refused the first message, which tells the user and not yet the password. */
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

/** The client calls everything a refusal, a connection that is lost half-way included. */
function nameOf(error: Error, messages: number): Error {
  const causes = causesOf(error);
  const refused = causes.some((cause) => 'apiId' in cause && cause.apiId === 'SASL_AUTHENTICATION_FAILED');
  if (!refused) return error.cause instanceof Error ? error.cause : error;
  return messages === 1 ? new AuthenticationError(UNKNOWN_USER, { cause: error }) : error;
}
