import { S3Client } from '@aws-sdk/client-s3';
import { present } from '#core/text/json.ts';

/** An S3 client. @param region default: the Region of the environment */
export const s3Client = (region?: string): S3Client => new S3Client(present({ region }));
