/**
 * Logins: what each kind gets at each listener, and the words of each refusal. The specification of
 * both.
 */
import { createPrivateKey } from 'node:crypto';
import { ERROR_NAMES } from '#core/errors.ts';
import type { Credentials } from '#core/msk/credentials.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import type { ListenerKind, StandCertificates } from '#test/stand/listeners.ts';

/** Listeners of the stand, including the one without TLS. */
export type Listener = Exclude<ListenerKind, 'plain'> | 'plaintext';

const { kafkaAuth, kafkaUnreachable, settings } = ERROR_NAMES;

/** A private key that only its passphrase opens. */
export const encrypted = (pem = '', passphrase: string): string =>
  createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

/** A client certificate of the stand, with its key. */
export const clientOf = (
  stand: StandCertificates,
  name: 'client' | 'expiredClient' | 'strangeClient',
): Credentials => ({ certificate: stand[name].certificatePem, privateKey: stand[name].privateKeyPem });

/** The result of each login (row) at each listener (column): `ok`, or words of the error. */
export const MATRIX: readonly (readonly [AuthKind, Readonly<Record<Listener, string>>])[] = [
  [
    'scram',
    {
      scram: 'ok',
      oauthbearer:
        'refused the login: the port does not take the login of auth scram; it offers OAUTHBEARER: use auth iam',
      mtls: 'refused the login: the port demands a client certificate, which auth scram has not',
      tls: 'refused the login: the port takes no login; use auth mtls or tls',
      plaintext: 'the port does not speak TLS, which auth scram needs',
    },
  ],
  [
    'iam',
    {
      scram: 'refused the login: the port does not take the login of auth iam; it offers SCRAM-SHA-512: use auth scram',
      oauthbearer: 'ok',
      mtls: 'refused the login: the port demands a client certificate, which auth iam has not',
      tls: 'refused the login: the port takes no login; use auth mtls or tls',
      plaintext: 'the port does not speak TLS, which auth iam needs',
    },
  ],
  [
    'mtls',
    {
      scram: 'closed the connection without an answer, as a port does that demands a login: use auth iam or scram',
      oauthbearer:
        'closed the connection without an answer, as a port does that demands a login: use auth iam or scram',
      mtls: 'ok',
      tls: 'ok', // the broker does not ask for the certificate
      plaintext: 'the port does not speak TLS, which auth mtls needs',
    },
  ],
  [
    'tls',
    {
      scram: 'closed the connection without an answer, as a port does that demands a login: use auth iam or scram',
      oauthbearer:
        'closed the connection without an answer, as a port does that demands a login: use auth iam or scram',
      mtls: 'refused the login: the port demands a client certificate, which auth tls has not; use auth mtls',
      tls: 'ok',
      plaintext: 'the port does not speak TLS, which auth tls needs',
    },
  ],
  [
    'plaintext',
    {
      scram: 'the port speaks TLS, which auth plaintext does not',
      oauthbearer: 'the port speaks TLS, which auth plaintext does not',
      mtls: 'the port speaks TLS, which auth plaintext does not',
      tls: 'the port speaks TLS, which auth plaintext does not',
      plaintext: 'ok',
    },
  ],
];

type Change = (stand: StandCertificates) => Credentials;

/** Credentials that are refused, each with its own error. */
export const REFUSED: readonly (readonly [string, AuthKind, Change, string, string])[] = [
  ['a wrong password', 'scram', () => ({ password: 'wrong' }), kafkaAuth, 'the password is wrong for this user'],
  ['an unknown user', 'scram', () => ({ username: 'nobody' }), kafkaAuth, 'it knows no such user for SCRAM-SHA-512'],
  [
    'a client certificate that has expired',
    'mtls',
    (stand) => clientOf(stand, 'expiredClient'),
    kafkaAuth,
    'the client certificate expired at 20',
  ],
  [
    'a client certificate of an authority that the broker does not know',
    'mtls',
    (stand) => clientOf(stand, 'strangeClient'),
    kafkaAuth,
    'it does not accept the client certificate; an authority that the cluster trusts must have signed it',
  ],
  [
    'a key of another certificate',
    'mtls',
    (stand) => ({ privateKey: clientOf(stand, 'strangeClient').privateKey ?? '' }),
    settings,
    'the client certificate and the private key do not belong together',
  ],
  [
    'a key that is not in PEM',
    'mtls',
    () => ({ privateKey: 'none' }),
    settings,
    'privateKey cannot be read: it must be a private key in PEM',
  ],
  [
    'a certificate that is not in PEM',
    'mtls',
    () => ({ certificate: 'none' }),
    settings,
    'certificate is not a certificate in PEM',
  ],
  [
    'an authority that did not sign the broker',
    'tls',
    ({ strangeCa }) => ({ ca: strangeCa }),
    kafkaUnreachable,
    'its TLS certificate is not trusted: no authority that we trust signed it',
  ],
  [
    'an encrypted key without its passphrase',
    'mtls',
    (stand) => ({ privateKey: encrypted(clientOf(stand, 'client').privateKey, 'sesame') }),
    settings,
    'is it encrypted, and its passphrase missing?',
  ],
  [
    'an encrypted key with another passphrase',
    'mtls',
    (stand) => ({ privateKey: encrypted(clientOf(stand, 'client').privateKey, 'sesame'), passphrase: 'wrong' }),
    settings,
    'is the passphrase right?',
  ],
  ['an authority that is not a certificate', 'tls', () => ({ ca: 'none' }), settings, 'ca is not a certificate in PEM'],
];
