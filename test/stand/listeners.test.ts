import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { planCluster, serverProperties } from '#local/kafka/node-config.ts';
import { startTestKafka } from './kafka.ts';
import { createPki, listenerSettings } from './listeners.ts';
import { createAuthority, issue } from './x509.ts';

describe('certificates', () => {
  const { certificates, broker } = createPki('127.0.0.1');
  const ca = new X509Certificate(certificates.ca);

  test.each([
    ['the broker', broker],
    ['the client', certificates.client],
    ['the expired client', certificates.expiredClient],
  ])('of %s is signed by the authority, and fits its key', (_, { certificatePem, privateKeyPem }) => {
    const certificate = new X509Certificate(certificatePem);

    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test('of the broker names its host alone', () => {
    const certificate = new X509Certificate(broker.certificatePem);

    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBeUndefined();
  });

  test('of a client that is a stranger is signed by another authority', () => {
    const stranger = new X509Certificate(certificates.strangeClient.certificatePem);

    expect(stranger.verify(ca.publicKey)).toBe(false);
    expect(stranger.verify(new X509Certificate(certificates.strangeCa).publicKey)).toBe(true);
  });

  test('ends when it is to end, and may have names of any length', () => {
    const notAfter = new Date('2031-02-03T04:05:06Z');
    const hosts = ['a.example', 'b'.repeat(120)];
    const { certificatePem } = issue(createAuthority('authority'), { name: 'n'.repeat(200), hosts, notAfter });
    const certificate = new X509Certificate(certificatePem);

    expect(certificate.validToDate).toEqual(notAfter);
    expect(certificate.subject).toBe(`CN=${'n'.repeat(200)}`);
    expect(certificate.subjectAltName).toBe(hosts.map((host) => `DNS:${host}`).join(', '));
  });
});

test('a cluster without other listeners gets no setting for them', async () => {
  const plan = await planCluster({ brokers: 1, root: '/x', extraListeners: [] });
  const [node] = plan.nodes;
  if (node === undefined) throw new Error('there is no node');

  expect(serverProperties(node, plan)).not.toMatch(/ssl|sasl|security\.protocol/);
});

test('a broker gives clients the port that stands before it, and listens on its own', async () => {
  const listeners = { extraListeners: ['PLAIN', 'TLS'], advertised: { PLAIN: [1111, 2222] } };
  const plan = await planCluster({ brokers: 2, root: '/x', ...listeners, settings: { 'log.dirs': '/y' } });
  const [, second] = plan.nodes;
  if (second === undefined) throw new Error('there is no second node');
  const lines = serverProperties(second, plan).split('\n');
  const [plain, tls] = [second.listeners.get('PLAIN'), second.listeners.get('TLS')];

  expect(lines).toContain(
    `advertised.listeners=PLAINTEXT://127.0.0.1:${second.port},PLAIN://127.0.0.1:2222,TLS://127.0.0.1:${tls}`,
  );
  expect(lines.find((line) => line.startsWith('listeners='))).toContain(`,PLAIN://127.0.0.1:${plain},`);
  expect(lines.filter((line) => line.startsWith('log.dirs='))).toEqual(['log.dirs=/y']);
});

test('each listener has its protocol and its login', () => {
  expect(listenerSettings(['scram', 'tls'], '/x')).toMatchObject({
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,TLS:SSL',
    'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.tls.ssl.client.auth': 'none',
  });
});

test.each([{ listeners: ['tls'] }, { acls: true }, { users: { watcher: 'password' } }] as const)(
  'an older Kafka is not started with %j',
  async (options) => {
    await expect(startTestKafka({ ...options, version: '2.8.2' })).rejects.toThrow(
      'Kafka 2.8.2 is started with a plaintext listener and without ACLs only',
    );
  },
);
