/**
 * The discovered cluster as one small JSON object. `discover` writes it; functions in the VPC read
 * it.
 */
import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { dimensionValue } from '#core/metrics/catalogue.ts';
import { decodeCluster, encodeCluster } from '#core/msk/discovered-cluster.ts';
import type { ClusterStore } from '#core/ports.ts';

export interface S3ClusterOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Names the object, so that several clusters share a bucket. */
  readonly clusterName: string;
}

/** Key of the object of a discovered cluster. */
export const clusterKey = (clusterName: string): string => `clusters/${dimensionValue(clusterName)}.json`;

/**
 * The cluster in S3. Throws S3's errors, except for a missing object. The reading role must be
 * allowed to list the bucket, since S3 otherwise answers access denied for a missing object.
 */
export function createS3ClusterStore({ client, bucket, clusterName }: S3ClusterOptions): ClusterStore {
  const object = { Bucket: bucket, Key: clusterKey(clusterName) };
  const location = `s3://${bucket}/${object.Key}`;
  return {
    location,
    async load() {
      try {
        const { Body } = await client.send(new GetObjectCommand(object));
        return decodeCluster((await Body?.transformToString('utf-8')) ?? '', location);
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async save(cluster) {
      const Body = encodeCluster(cluster);
      await client.send(new PutObjectCommand({ ...object, Body, ContentType: 'application/json; charset=utf-8' }));
    },
  };
}
