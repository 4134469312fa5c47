/** A refused login: which side refused, why, and what to do. */
import type { Broker } from '@platformatic/kafka';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import { causesOf } from '#adapters/kafka-access/connection-problems.ts';
import { KafkaAuthError, WatcherError } from '#core/errors.ts';
import { type AuthKind, authKindsWhere, LOGINS, type LoginFacts, showsCertificate } from '#core/msk/logins.ts';
import { UNKNOWN_USER } from './scram.ts';

export interface Refusal {
  /** Stable name of the reason. `own`: an error of ours; `other`: the broker's own words. */
  readonly id: string;
  readonly error: WatcherError;
  /**
   * The broker refused, and may accept other credentials. False when ours were not good enough to
   * send.
   */
  readonly byBroker: boolean;
}

type Reason = readonly [id: string, text: string];

/** TLS alerts by which a broker refuses the client's certificate. */
const CERTIFICATE_ALERT = /ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/;

/** The refusal behind an error; `undefined` when something other than the login failed. */
export function refusalOf(error: unknown, broker: Broker, auth: AuthKind): Refusal | undefined {
  const causes = causesOf(error);
  const own = causes.find((cause) => cause instanceof WatcherError);
  if (own !== undefined) return { id: 'own', error: own, byBroker: false };
  const name = brokerName(broker);
  const signer = causes.find((cause) => cause.name === 'CredentialsProviderError');
  if (signer !== undefined) {
    const text = `${name} could not be logged in to: no AWS credentials: ${signer.message}`;
    return { id: 'no-aws-credentials', error: new KafkaAuthError(text, error), byBroker: false };
  }
  const reason = certificateRefusal(causes, auth) ?? loginRefusal(causes, auth);
  if (reason === undefined) return undefined;
  const [id, why] = reason;
  return { id, error: new KafkaAuthError(`${name} refused the login: ${why}`, error), byBroker: true };
}

function certificateRefusal(causes: readonly Error[], auth: AuthKind): Reason | undefined {
  const alert = causes.map((cause) => CERTIFICATE_ALERT.exec(codeOf(cause) ?? '')?.[0]).find(Boolean);
  if (alert === undefined) return undefined;
  if (!showsCertificate(LOGINS[auth])) {
    const advice = `use auth ${kindsText(showsCertificate)}, or another port`;
    return ['certificate-required', `the port demands a client certificate, which auth ${auth} has not; ${advice}`];
  }
  if (/EXPIRED/.test(alert)) return ['certificate-expired', 'the client certificate has expired; replace it'];
  return [
    'certificate-not-accepted',
    'it does not accept the client certificate; an authority that the cluster trusts must have signed it, ' +
      'the intermediate certificates must follow it, and it must not be revoked',
  ];
}

function loginRefusal(causes: readonly Error[], auth: AuthKind): Reason | undefined {
  const named = causes.find((cause) => codeOf(cause) === 'PLT_KFK_AUTHENTICATION');
  if (named === undefined) return undefined;
  const ids = causes.map((cause) => ('apiId' in cause ? cause.apiId : undefined));
  if (ids.includes('ILLEGAL_SASL_STATE')) {
    const others = kindsText(({ tls, mechanisms }) => tls && mechanisms.length === 0);
    return ['no-login-here', `the port takes no login; use auth ${others}, or the port of auth ${auth}`];
  }
  if (ids.includes('UNSUPPORTED_SASL_MECHANISM')) return ['wrong-mechanism', wrongMechanism(causes, auth)];
  const messages = causes.flatMap((cause) => ('serverErrorMessage' in cause ? [cause.serverErrorMessage] : []));
  const words = String(messages.find((text) => typeof text === 'string' && text !== '') ?? causes.at(-1)?.message);
  if (!LOGINS[auth].needs.includes('password') || !/invalid credentials/i.test(words)) return ['other', words];
  if (causes.some((cause) => cause.message === UNKNOWN_USER)) {
    const mechanism = LOGINS[auth].mechanisms.join(' or ');
    return [
      'unknown-user',
      `it knows no such user for ${mechanism}; check the user name, and that its secret is associated with the cluster`,
    ];
  }
  return [
    'wrong-password',
    "the password is wrong for this user; check it, and that the cluster's users come from the same secret",
  ];
}

function wrongMechanism(causes: readonly Error[], auth: AuthKind): string {
  const response = causes.map((cause) => ('response' in cause ? cause.response : undefined)).find(Boolean);
  const offered = (response as { mechanisms?: readonly string[] } | undefined)?.mechanisms ?? [];
  const kinds = kindsText(({ mechanisms }) => mechanisms.some((mechanism) => offered.includes(mechanism)));
  const use = kinds === '' ? `the port of auth ${auth}` : `auth ${kinds}, or another port`;
  return `the port does not take the login of auth ${auth}; it offers ${offered.join(', ') || 'none'}: use ${use}`;
}

const kindsText = (is: (login: LoginFacts) => boolean): string => authKindsWhere(is).join(' or ');

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;
