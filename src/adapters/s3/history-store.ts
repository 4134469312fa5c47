/**
 * History of one cluster as one gzip object. A write replaces only the version that the writer
 * loaded.
 */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { messageOf } from '#core/errors.ts';
import { emptyHistory, type StoredHistory } from '#core/history/history.ts';
import { type DecodedHistory, decodeHistory, historyLines } from '#core/history/stored/codec.ts';
import { dimensionValue } from '#core/metrics/catalogue.ts';
import type { HistoryStore } from '#core/ports.ts';
import { present } from '#core/text/json.ts';

const decompress = promisify(gunzip);

export interface S3HistoryOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Names the object, so that several clusters share a bucket. */
  readonly clusterName: string;
}

/** Key of the object of a cluster's history. */
export const historyKey = (clusterName: string): string => `history/${dimensionValue(clusterName)}.json.gz`;

/**
 * History in S3. A copy stays in memory: while the stored object is the one last read or written,
 * `load` costs a request and no download.
 *
 * `load` and `save` throw S3's errors, except for a missing object and a lost race. The role must
 * be allowed to list the bucket, since S3 otherwise answers access denied for a missing object.
 */
export function createS3HistoryStore(options: S3HistoryOptions): HistoryStore {
  const { client, bucket } = options;
  const object = { Bucket: bucket, Key: historyKey(options.clusterName) };
  let warm: StoredHistory | undefined;

  return {
    async load() {
      try {
        const known = warm?.version === undefined ? {} : { IfNoneMatch: warm.version };
        const { Body, ETag } = await client.send(new GetObjectCommand({ ...object, ...known }));
        const decoded = Body === undefined ? nothingIn : await decode(await Body.transformToByteArray());
        warm = { ...asStored(decoded), ...present({ version: ETag }) };
        return warm;
      } catch (error) {
        if (warm !== undefined && statusOf(error) === 304) return warm;
        if (nameOf(error) !== 'NoSuchKey') throw error;
        return { history: emptyHistory };
      }
    },

    async save({ history, version }) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      const Body = await compress(historyLines(history));
      try {
        const put = new PutObjectCommand({ ...object, ...condition, Body, ContentType: 'application/gzip' });
        const { ETag } = await client.send(put);
        warm = ETag === undefined ? undefined : { history, version: ETag };
        return 'saved';
      } catch (error) {
        if (isLostRace(error)) return 'lost-race';
        throw error;
      }
    },
  };
}

/**
 * The text is digits of small numbers. A higher level takes three times as long and saves a
 * seventh.
 */
const LEVEL = 1;
/** The object of a large cluster has tens of megabytes. */
const CHUNK_BYTES = 1024 ** 2;

/** Compresses line by line: the whole text would take more memory than the history. */
async function compress(lines: Iterable<string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const collect = async (gzip: AsyncIterable<Buffer>) => {
    for await (const chunk of gzip) chunks.push(chunk);
  };
  await pipeline(Readable.from(lines), createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES }), collect);
  return Buffer.concat(chunks);
}

const nothingIn: DecodedHistory = { kind: 'lost', reason: 'the stored history cannot be used: it is empty' };

async function decode(bytes: Uint8Array): Promise<DecodedHistory> {
  try {
    return decodeHistory((await decompress(bytes, { chunkSize: CHUNK_BYTES })).toString('utf8'));
  } catch (error) {
    return { kind: 'lost', reason: `the stored history cannot be used: it is not gzip: ${messageOf(error)}` };
  }
}

const asStored = (decoded: DecodedHistory): StoredHistory =>
  decoded.kind === 'history' ? { history: decoded.history } : { history: emptyHistory, lost: decoded.reason };

/**
 * 412: the object has another version, or exists already. 409: another write is under way.
 * `NoSuchKey` on a write: the version to replace was deleted in the meantime.
 */
const isLostRace = (error: unknown): boolean =>
  statusOf(error) === 412 || statusOf(error) === 409 || nameOf(error) === 'NoSuchKey';

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

const nameOf = (error: unknown): string | undefined => (error instanceof S3ServiceException ? error.name : undefined);
