import { S3Client } from '@aws-sdk/client-s3';
import { present } from '#core/text/json.ts';

/** A client of S3 in a Region; in that of the environment when left out. */
export const s3Client = (region?: string): S3Client => new S3Client(present({ region }));
