/** Listeners of local brokers that ask for more than a connection: TLS and logins, as MSK offers them. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '#core/text/json.ts';
import { type Authority, createAuthority, type Identity, issue } from './x509.ts';

/**
 * `plain`: plaintext, apart from the one that brokers use among themselves. `scram`: SASL/SCRAM-SHA-512 over TLS. `mtls`: TLS that demands a client certificate. `tls`: TLS alone.
 * `oauthbearer`: SASL/OAUTHBEARER over TLS; takes any unsigned JWT that has not expired, its `sub` is the user.
 */
export type ListenerKind = 'plain' | 'scram' | 'mtls' | 'tls' | 'oauthbearer';

/** What a client needs to be taken, and what it must be refused with. All in PEM. */
export interface StandCertificates {
  /** Signed the brokers' certificate, which names `HOST` alone. */
  readonly ca: string;
  /** Of the user `CN=watcher`. */
  readonly client: Identity;
  readonly expiredClient: Identity;
  /** Signed by an authority that the brokers do not know. */
  readonly strangeClient: Identity;
  /** Of that authority: a client that trusts it alone does not trust the brokers. */
  readonly strangeCa: string;
}

/** Certificates of one cluster. Nothing of them outlives it. */
export interface Pki {
  readonly certificates: StandCertificates;
  readonly broker: Identity;
}

/** Makes all certificates. `host` is the only name by which the brokers may be reached. */
export function createPki(host: string): Pki {
  const ca = createAuthority('lag stand');
  const strange = createAuthority('somebody else');
  const client = (authority: Authority, notAfter?: Date): Identity =>
    issue(authority, { name: 'watcher', ...present({ notAfter }) });
  return {
    broker: issue(ca, { name: 'broker', hosts: [host] }),
    certificates: {
      ca: ca.certificatePem,
      client: client(ca),
      expiredClient: client(ca, new Date(Date.now() - 3_600_000)),
      strangeClient: client(strange),
      strangeCa: strange.certificatePem,
    },
  };
}

const keyFile = (folder: string): string => join(folder, 'broker.pem');
const trustFile = (folder: string): string => join(folder, 'trusted.pem');

/** Writes the files that `listenerSettings` name. */
export async function writePki(folder: string, { broker, certificates }: Pki): Promise<void> {
  await writeFile(keyFile(folder), `${broker.privateKeyPem}${broker.certificatePem}`, { mode: 0o600 });
  await writeFile(trustFile(folder), certificates.ca);
}

/** Name of a listener in a broker's configuration. */
export const listenerName = (kind: ListenerKind): string => kind.toUpperCase();

const PROTOCOLS: Readonly<Record<ListenerKind, 'PLAINTEXT' | 'SSL' | 'SASL_SSL'>> = {
  plain: 'PLAINTEXT',
  scram: 'SASL_SSL',
  mtls: 'SSL',
  tls: 'SSL',
  oauthbearer: 'SASL_SSL',
};

const LOGINS: Partial<Readonly<Record<ListenerKind, readonly [mechanism: string, module: string]>>> = {
  scram: ['SCRAM-SHA-512', 'org.apache.kafka.common.security.scram.ScramLoginModule required;'],
  oauthbearer: [
    'OAUTHBEARER',
    // The broker wants a token of its own, too, though it never logs in anywhere with it.
    'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
  ],
};

/** Settings of a broker for its listeners of these kinds; files of `writePki` are in `folder`. */
export function listenerSettings(kinds: readonly ListenerKind[], folder: string): Readonly<Record<string, string>> {
  if (kinds.length === 0) return {};
  const protocols = kinds.map((kind) => `${listenerName(kind)}:${PROTOCOLS[kind]}`);
  return {
    'listener.security.protocol.map': ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...protocols].join(','),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyFile(folder),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': trustFile(folder),
    ...Object.assign({}, ...kinds.map(settingsOfOne)),
  };
}

function settingsOfOne(kind: ListenerKind): Record<string, string> {
  const prefix = `listener.name.${listenerName(kind).toLowerCase()}`;
  const [mechanism, module] = LOGINS[kind] ?? [];
  return {
    [`${prefix}.ssl.client.auth`]: kind === 'mtls' ? 'required' : 'none',
    ...(mechanism === undefined || module === undefined
      ? {}
      : {
          [`${prefix}.sasl.enabled.mechanisms`]: mechanism,
          [`${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`]: module,
        }),
  };
}
