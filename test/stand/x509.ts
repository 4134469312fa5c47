/**
 * X.509 certificates in as few fields as brokers and clients ask for: no tool that makes them is on
 * every machine.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate and its key. */
export interface Identity {
  readonly certificatePem: string;
  /** PKCS #8, not encrypted. */
  readonly privateKeyPem: string;
}

/** An identity that can sign others. */
export interface Authority extends Identity {
  readonly name: string;
  readonly key: KeyObject;
}

export interface Subject {
  /** Common name: the whole of the distinguished name. */
  readonly name: string;
  /** DNS names and IPv4 addresses that a server may be reached by; none for a client. */
  readonly hosts?: readonly string[];
  /**
   * Until when it is valid; a day from now when left out. Valid from a day before that, or before
   * now.
   */
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;

/** A certificate authority that signs itself. */
export function createAuthority(name: string): Authority {
  const { publicKey, privateKey } = newKeys();
  const extensions = [extension('551d13', seq(BOOLEAN_TRUE))];
  const certificatePem = certify({ subject: { name }, publicKey, extensions, issuer: name, signer: privateKey });
  return { name, key: privateKey, certificatePem, privateKeyPem: pemOf(privateKey) };
}

/** A certificate of a server or a client, signed by an authority. */
export function issue(authority: Authority, subject: Subject): Identity {
  const { publicKey, privateKey } = newKeys();
  const names = (subject.hosts ?? []).map((host) =>
    isIPv4(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host)),
  );
  const extensions = names.length === 0 ? [] : [extension('551d11', seq(...names))];
  const certificatePem = certify({ subject, publicKey, extensions, issuer: authority.name, signer: authority.key });
  return { certificatePem, privateKeyPem: pemOf(privateKey) };
}

interface Certified {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly issuer: string;
  readonly signer: KeyObject;
}

function certify({ subject, publicKey, extensions, issuer, signer }: Certified): string {
  const notAfter = subject.notAfter ?? new Date(Date.now() + DAY_MS);
  const notBefore = new Date(Math.min(notAfter.getTime(), Date.now()) - DAY_MS);
  const content = seq(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    seq(utcTime(notBefore), utcTime(notAfter)),
    distinguishedName(subject.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tlv(0xa3, seq(...extensions))]),
  );
  const der = seq(content, ECDSA_WITH_SHA256, bitString(sign('sha256', content, signer)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Tag, length, value: all there is to DER. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const seq = (...parts: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const bitString = (bytes: Buffer): Buffer => tlv(0x03, Buffer.concat([Buffer.from([0]), bytes]));
const BOOLEAN_TRUE = tlv(0x01, Buffer.from([0xff]));
const ECDSA_WITH_SHA256 = seq(oid('2a8648ce3d040302'));

const extension = (id: string, value: Buffer): Buffer => seq(oid(id), BOOLEAN_TRUE, tlv(0x04, value));

const distinguishedName = (name: string): Buffer =>
  seq(tlv(0x31, seq(oid('550403'), tlv(0x0c, Buffer.from(name, 'utf8')))));

/** `yyMMddHHmmssZ`. */
const utcTime = (date: Date): Buffer =>
  tlv(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
