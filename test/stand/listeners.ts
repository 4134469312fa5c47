/**
 * Listeners of local brokers that ask for more than a connection: TLS and logins, as MSK offers
 * them.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '#core/text/json.ts';
import { HOST, type NodeSettings } from '#local/kafka/node-config.ts';
import type { ExtraListeners } from '#local/kafka/release.ts';
import { type Authority, createAuthority, type Identity, issue } from './x509.ts';

/**
 * - `plain`: plaintext, apart from the listener that brokers use among themselves
 * - `scram`: SASL/SCRAM-SHA-512 over TLS
 * - `mtls`: TLS that demands a client certificate
 * - `tls`: TLS alone
 * - `oauthbearer`: SASL/OAUTHBEARER over TLS. The broker accepts any unsigned JWT that has not
 *   expired; its `sub` is the user.
 */
export type ListenerKind = 'plain' | 'scram' | 'mtls' | 'tls' | 'oauthbearer';

/** Users that may log in at the scram listener, and their passwords. */
export type Users = Readonly<Record<string, string>>;

/** The listeners of a cluster, with certificates of their own. */
export function listenersOf(kinds: readonly ListenerKind[], users: Users): { extra: ExtraListeners; pki: Pki } {
  const pki = createPki(HOST);
  const extra = {
    names: kinds.map(listenerName),
    prepare: async (folder: string) => {
      await writePki(folder, pki);
      return listenerSettings(kinds, folder);
    },
    formatArgs: Object.entries(users).flatMap(([name, password]) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]),
  };
  return { extra, pki };
}

/** What a client needs to be let in, and what brokers must refuse. All in PEM. */
export interface StandCertificates {
  /**
   * Certificate of the authority that signed the brokers' certificate, which names `HOST` alone.
   */
  readonly ca: string;
  /** The user is `CN=watcher`. */
  readonly client: Identity;
  readonly expiredClient: Identity;
  /** Signed by an authority that the brokers do not know. */
  readonly strangeClient: Identity;
  /** Certificate of that authority: a client that trusts it alone does not trust the brokers. */
  readonly strangeCa: string;
}

/** Certificates of one cluster. */
export interface Pki {
  readonly certificates: StandCertificates;
  readonly broker: Identity;
}

/** Creates all certificates. `host` is the only name by which clients may reach the brokers. */
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

/** Writes the files that `listenerSettings` names. */
async function writePki(folder: string, { broker, certificates }: Pki): Promise<void> {
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
    // The broker needs a token of its own, too, though it never logs in anywhere with it.
    'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
  ],
};

/**
 * NodeSettings of a broker for its listeners of these kinds; `folder` holds the files of
 * `writePki`.
 */
export function listenerSettings(kinds: readonly ListenerKind[], folder: string): NodeSettings {
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
