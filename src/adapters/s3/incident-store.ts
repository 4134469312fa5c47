import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { messageOf, NotFoundError } from '#core/errors.ts';
import type { IncidentStore } from '#core/ports.ts';
import { jsonText } from '#core/text/json.ts';

export interface S3IncidentOptions {
  readonly client: S3Client;
  readonly bucket: string;
}

/** Evidence and reports as objects in S3. Throws S3's errors, except for a missing object. */
export function createS3IncidentStore({ client, bucket }: S3IncidentOptions): IncidentStore {
  const locationOf = (key: string) => `s3://${bucket}/${key}`;
  const put = async (key: string, text: string, type: string): Promise<void> => {
    const ContentType = `${type}; charset=utf-8`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType }));
  };

  return {
    locationOf,
    putJson: async (key, value) => put(key, jsonText(value), 'application/json'),
    putText: (key, text) => put(key, text, 'text/plain'),

    async getJson(key) {
      let text: string | undefined;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        text = await Body?.transformToString('utf-8');
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') throw new NotFoundError(locationOf(key));
        throw error;
      }
      return parse(text ?? '', locationOf(key));
    },
  };
}

function parse(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${location} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
