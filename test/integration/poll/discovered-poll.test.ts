/**
 * The functions as they ship, without brokers in their settings: discover finds a real one, and
 * poll reads it.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusterKey } from '#adapters/s3/cluster-store.ts';
import { express } from '#test/support/aws/msk-clusters.ts';
import { type MskDouble, startMskDouble } from '#test/support/aws/msk-double.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { callBundle } from '#test/support/stack/bundles.ts';

const kafka = useKafka();
let msk: MskDouble;
beforeAll(async () => {
  msk = await startMskDouble([]);
});
afterAll(async () => {
  await msk?.stop();
});

const settings = {
  clusterName: 'payments',
  clusterArn: express.ClusterArn ?? '',
  auth: 'plaintext',
  historyBucket: 'bucket',
} as const;
const call = (name: string) => callBundle({ name, event: {}, settings, endpoint: msk.endpoint });

it('poll says what to do before the first discovery', async () => {
  const { error, lines } = await call('poll');

  expect(error).toMatchObject({
    name: 'DiscoveryError',
    message: expect.stringMatching(
      /s3:\/\/bucket\/clusters\/payments\.json does not exist; call the function discover/,
    ),
  });
  expect(lines.join()).not.toContain('Heartbeat');
});

it('discover stores where the brokers are, and poll reads them', async () => {
  msk.clusters.push([express, { BootstrapBrokerString: kafka().bootstrap }]);

  const discovered = await call('discover');
  const polled = await call('poll');

  expect(discovered.error).toBeUndefined();
  expect(discovered.result).toMatchObject({ arn: express.ClusterArn, type: 'express', state: 'ACTIVE' });
  expect(polled.error).toBeUndefined();
  expect(polled.result).toMatchObject({
    coverage: 1,
    cluster: { type: 'express', state: 'ACTIVE', kafkaVersion: '3.8.x' },
  });
  expect(polled.lines.join()).toContain('Heartbeat');
});

it('the command line reads it by its ARN', async () => {
  const env = { AWS_ENDPOINT_URL: msk.endpoint, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
  const polled = await runLag(['poll', '--cluster-arn', settings.clusterArn, '--bootstrap', '127.0.0.1:1'], env);
  const refused = await runLag(['describe', '--cluster-arn', settings.clusterArn, '--auth', 'iam'], env);

  expect({ code: polled.code, stderr: polled.stderr }).toEqual({ code: 0, stderr: '' });
  expect(polled.stdout).toContain('Heartbeat');
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/offers no auth iam on network private; it offers plaintext on private/);
});

it('a discovery that finds no brokers leaves those that were found', async () => {
  const before = msk.objects.get(clusterKey('payments'))?.toString();
  msk.clusters.splice(0, msk.clusters.length, [{ ...express, State: 'DELETING' }, undefined]);

  const { error } = await call('discover');

  expect(error).toMatchObject({ name: 'DiscoveryError', message: expect.stringMatching(/whose state is DELETING/) });
  expect(msk.objects.get(clusterKey('payments'))?.toString()).toBe(before);
  expect(before).toContain(kafka().bootstrap);
});
