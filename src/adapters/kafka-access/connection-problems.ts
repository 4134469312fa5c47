/** What goes wrong on the way to a broker, in words that a person can act on. */
import { type AuthKind, authKindsWhere, LOGINS } from '#core/msk/logins.ts';

/** Why a connection or a request failed, before the broker answered in Kafka's own terms. */
export interface ConnectionProblem {
  /** Stable; `other` when no rule matches. */
  readonly id: string;
  readonly text: string;
}

/** What is known of a connection that failed. */
interface Attempt {
  readonly auth: AuthKind;
  /** The connection was new, and had returned its versions before it failed. */
  readonly welcomed: boolean;
}

interface ProblemRule {
  readonly id: string;
  /** Matched against the names, messages and codes of an error and all its causes. */
  readonly pattern: RegExp;
  readonly text: string | ((attempt: Attempt) => string);
}

/** The first rule that matches decides. */
const RULES: readonly ProblemRule[] = [
  { id: 'connection-refused', pattern: /ECONNREFUSED/, text: 'connection refused: nothing listens there' },
  { id: 'unknown-host', pattern: /ENOTFOUND|EAI_AGAIN|EAI_NONAME/, text: 'the host name cannot be resolved' },
  { id: 'no-route', pattern: /EHOSTUNREACH|ENETUNREACH/, text: 'there is no network route to it' },
  {
    id: 'tls-required',
    pattern: /Broker requires TLS/,
    text: ({ auth }) => `the port speaks TLS, which auth ${auth} does not`,
  },
  {
    id: 'other-host-name',
    pattern: /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate|altnames/,
    text: 'its TLS certificate is for another host name; use the names of the bootstrap string, not an address or an alias',
  },
  {
    id: 'broker-certificate-expired',
    pattern: /CERT_HAS_EXPIRED/,
    text: 'its TLS certificate has expired; the cluster has to renew it',
  },
  {
    id: 'unknown-authority',
    pattern: /UNABLE_TO_|unable to verify|CERT_UNTRUSTED|SELF_SIGNED|self.signed/i,
    text: 'its TLS certificate is not trusted: no authority that we trust signed it; give the CA of the cluster (ca, in PEM)',
  },
  {
    id: 'no-tls',
    pattern: /TLS handshake failed|EPROTO|wrong version number|packet length too long|ERR_SSL/i,
    text: ({ auth }) => `the port does not speak TLS, which auth ${auth} needs`,
  },
  { id: 'broker-certificate-untrusted', pattern: /CERT/, text: 'its TLS certificate is not trusted' },
  {
    id: 'no-answer',
    pattern: /Request (.* )?timed out/,
    text: 'it accepted the connection and did not answer; is this a Kafka port?',
  },
  {
    id: 'connection-timeout',
    pattern: /Connection to .* timed out|Connection timeout|ETIMEDOUT/,
    text: 'the connection timed out; check security groups and routes',
  },
  {
    id: 'coordinator-not-found',
    pattern: /Failed to find group coordinator/,
    text: 'no broker named its coordinator; kafkajs does not say why',
  },
  {
    id: 'not-kafka',
    pattern: /correlation_id|RangeError|out of range|OUT_OF_BOUNDS|outside buffer bounds/i,
    text: 'its answer is not Kafka',
  },
  {
    id: 'connection-closed',
    pattern: /Connection closed|Closed connection|Connection error|ECONNRESET|EPIPE/,
    text: closedText,
  },
];

/**
 * Why a broker did not answer.
 *
 * `welcomed`: the connection was new, and had returned its versions before it failed.
 */
export function connectionProblem(error: unknown, auth: AuthKind, welcomed = false): ConnectionProblem {
  const causes = causesOf(error);
  const clues = causes.map((cause) => `${cause.name} ${cause.message} ${'code' in cause ? cause.code : ''}`).join('\n');
  const rule = RULES.find(({ pattern }) => pattern.test(clues));
  if (rule === undefined) return { id: 'other', text: causes.at(-1)?.message ?? String(error) };
  return { id: rule.id, text: typeof rule.text === 'string' ? rule.text : rule.text({ auth, welcomed }) };
}

function closedText({ auth, welcomed }: Attempt): string {
  const closed = 'it closed the connection without an answer';
  const { tls, mechanisms, listener } = LOGINS[auth];
  if (mechanisms.length > 0) return `${closed}; is this a Kafka port, with ${listener} login?`;
  if (!tls) return `${closed}; is this a Kafka port, and one without TLS?`;
  if (!welcomed) return `${closed}; is this a Kafka port, with TLS?`;
  const others = authKindsWhere((login) => login.mechanisms.length > 0).join(' or ');
  return `${closed}, as a port does that demands a login: use auth ${others}, or the port of auth ${auth}`;
}

/** An error and everything that caused it, itself first. */
export function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  const visit = (value: unknown): void => {
    if (!(value instanceof Error) || found.includes(value)) return;
    found.push(value);
    if (value instanceof AggregateError) value.errors.forEach(visit);
    visit(value.cause);
  };
  visit(error);
  return found;
}
