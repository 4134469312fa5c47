import { describe, expect, it } from 'vitest';
import { missingCredentials } from '#core/msk/credentials.ts';
import {
  AUTH_KINDS,
  authKindsWhere,
  bootstrapField,
  LOGINS,
  needsCredentials,
  showsCertificate,
  usesCredential,
} from '#core/msk/logins.ts';

describe.each(AUTH_KINDS)('auth %s', (auth) => {
  const login = LOGINS[auth];

  it('needs a source of credentials exactly when empty credentials lack something', () => {
    expect(needsCredentials(auth)).toBe(missingCredentials(auth, {}).length > 0);
  });

  it('can read from a secret whatever it needs', () => {
    expect(login.takesSecret).toBe(needsCredentials(auth) || (login.takes.length > 0 && !login.byIam));
  });

  it('trusts given authorities exactly when it speaks TLS', () => {
    expect(usesCredential(login, 'ca')).toBe(login.tls);
  });

  it('has a bootstrap string inside the VPC', () => {
    expect(bootstrapField(login, 'private')).toBe(`BootstrapBrokerString${login.bootstrapString}`);
  });
});

it('listeners outside the VPC demand a login', () => {
  expect(authKindsWhere((login) => bootstrapField(login, 'public') !== undefined)).toEqual(
    authKindsWhere((login) => login.mechanisms.length > 0 || showsCertificate(login)),
  );
});

it('logins with the same bootstrap string have the same port and listener', () => {
  const listeners = AUTH_KINDS.map((auth) => LOGINS[auth]).map(({ bootstrapString, port, listener }) => [
    bootstrapString,
    `${port} ${listener}`,
  ]);

  expect(new Set(listeners.map(([name]) => name)).size).toBe(new Set(listeners.map(([, place]) => place)).size);
});

it.each([
  ['iam', 'ipv6', 'BootstrapBrokerStringSaslIamIpv6'],
  ['scram', 'public', 'BootstrapBrokerStringPublicSaslScram'],
  ['mtls', 'vpc-connectivity', 'BootstrapBrokerStringVpcConnectivityTls'],
  ['plaintext', 'private', 'BootstrapBrokerString'],
  ['tls', 'public', undefined],
] as const)('the bootstrap field of auth %s on network %s is %s', (auth, network, field) => {
  expect(bootstrapField(LOGINS[auth], network)).toBe(field);
});
