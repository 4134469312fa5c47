/** A login that was refused: by which side, why, and what to do. */
import type { Broker } from '@platformatic/kafka';
import { brokerName } from '#adapters/kafka/protocol/broker-name.ts';
import { causesOf } from '#adapters/kafka/protocol/failures.ts';
import { KafkaAuthError, WatcherError } from '#core/errors.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { UNKNOWN_USER } from './scram.ts';

export interface Refusal {
  readonly error: WatcherError;
  /** The broker refused: other credentials may be taken. False when ours were not good enough to ask with. */
  readonly byBroker: boolean;
}

/** Alerts with which a broker ends a TLS handshake because of the client's certificate. */
const CERTIFICATE_ALERT = /ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/;

/** How the mechanisms of a listener are called here. */
const AUTH_OF_MECHANISM: Readonly<Record<string, AuthKind>> = {
  'SCRAM-SHA-512': 'scram',
  OAUTHBEARER: 'iam',
  AWS_MSK_IAM: 'iam',
};

/** The refusal that an error stands for; `undefined` when the login was not what failed. */
export function refusalOf(error: unknown, broker: Broker, auth: AuthKind): Refusal | undefined {
  const causes = causesOf(error);
  const ours = causes.find((cause) => cause instanceof WatcherError);
  if (ours !== undefined) return { error: ours, byBroker: false };
  const signer = causes.find((cause) => cause.name === 'CredentialsProviderError');
  if (signer !== undefined) {
    const why = `could not be logged in to: no AWS credentials: ${signer.message}`;
    return { error: new KafkaAuthError(`${brokerName(broker)} ${why}`, error), byBroker: false };
  }
  const why = certificateRefusal(causes, auth) ?? loginRefusal(causes, auth);
  if (why === undefined) return undefined;
  return { error: new KafkaAuthError(`${brokerName(broker)} refused the login: ${why}`, error), byBroker: true };
}

function certificateRefusal(causes: readonly Error[], auth: AuthKind): string | undefined {
  const alert = causes.map((cause) => CERTIFICATE_ALERT.exec(codeOf(cause) ?? '')?.[0]).find(Boolean);
  if (alert === undefined) return undefined;
  if (auth !== 'mtls')
    return `the port demands a client certificate, which auth ${auth} has not; use auth mtls, or another port`;
  if (/EXPIRED/.test(alert)) return 'the client certificate has expired; put a new one in its place';
  return (
    'it does not take the client certificate; it must be signed by an authority that the cluster trusts, ' +
    'with the intermediate certificates after it, and not be revoked'
  );
}

function loginRefusal(causes: readonly Error[], auth: AuthKind): string | undefined {
  const named = causes.find((cause) => codeOf(cause) === 'PLT_KFK_AUTHENTICATION');
  if (named === undefined) return undefined;
  const ids = causes.map((cause) => ('apiId' in cause ? cause.apiId : undefined));
  if (ids.includes('ILLEGAL_SASL_STATE'))
    return `the port takes no login; use auth tls or mtls, or the port of auth ${auth}`;
  if (ids.includes('UNSUPPORTED_SASL_MECHANISM')) return wrongMechanism(causes, auth);
  const said = causes.flatMap((cause) => ('serverErrorMessage' in cause ? [cause.serverErrorMessage] : []));
  const words = said.find((text) => typeof text === 'string' && text !== '') ?? causes.at(-1)?.message;
  if (auth !== 'scram' || !/invalid credentials/i.test(String(words))) return String(words);
  const unknown = causes.some((cause) => cause.message === UNKNOWN_USER);
  if (unknown)
    return 'it knows no such user for SCRAM-SHA-512; check the user name, and that its secret is associated with the cluster';
  return "the password is wrong for this user; check it, and that the cluster's users were made from the same secret";
}

function wrongMechanism(causes: readonly Error[], auth: AuthKind): string {
  const response = causes.map((cause) => ('response' in cause ? cause.response : undefined)).find(Boolean);
  const offered = (response as { mechanisms?: readonly string[] } | undefined)?.mechanisms ?? [];
  const kinds = [...new Set(offered.flatMap((mechanism) => AUTH_OF_MECHANISM[mechanism] ?? []))];
  const use = kinds.length === 0 ? `the port of auth ${auth}` : `auth ${kinds.join(' or ')}, or another port`;
  return `the port does not take the login of auth ${auth}; it offers ${offered.join(', ') || 'none'}: use ${use}`;
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;
