import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterKey, createS3ClusterStore } from '#adapters/s3/cluster-store.ts';
import { known } from '#core/kafka/reading.ts';
import { type S3Double, startS3Double } from '#test/support/aws/s3-double.ts';

const cluster = {
  arn: 'arn:orders',
  name: 'orders',
  type: 'standard',
  state: 'ACTIVE',
  endpoints: known([{ auth: 'iam', network: 'private', bootstrapBrokers: 'b-1:9098' } as const]),
  atMs: 5,
} as const;

describe('the cluster store in S3', () => {
  let s3: S3Double;
  beforeAll(async () => {
    s3 = await startS3Double();
  });
  afterAll(() => s3?.stop());
  const open = (clusterName: string) => createS3ClusterStore({ client: s3.client, bucket: s3.bucket, clusterName });

  it('has nothing before the first discovery', async () => {
    expect(await open('fresh').load()).toBeUndefined();
  });

  it('returns what was saved last to every reader', async () => {
    await open('orders').save(cluster);
    await open('orders').save({ ...cluster, state: 'HEALING' });

    expect(await open('orders').load()).toStrictEqual({ ...cluster, state: 'HEALING' });
    expect(await open('other').load()).toBeUndefined();
    expect(open('orders').location).toBe(`s3://${s3.bucket}/clusters/orders.json`);
  });

  it('says where an object lies that is none', async () => {
    s3.objects.set(clusterKey('broken'), Buffer.from(''));

    await expect(open('broken').load()).rejects.toThrow(
      /clusters\/broken\.json is not a discovered cluster: it is not JSON/,
    );
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [503, 'SlowDown'],
  ])('throws on %i %s: that is no missing object', async (status, code) => {
    s3.failNext(status, code);

    await expect(open('orders').load()).rejects.toMatchObject({ name: code });
  });
});
