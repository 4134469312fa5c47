/**
 * A bucket in memory behind HTTP on loopback, so that the real S3 client meets S3's own answers:
 * whole objects, ETags, the conditions If-Match and If-None-Match. Every other request
 * gets 501.
 */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { present } from '#core/text/json.ts';

interface Answer {
  readonly status: number;
  readonly etag?: string;
  readonly body?: Uint8Array | string;
}

export interface S3Double {
  readonly client: S3Client;
  readonly bucket: string;
  /** Objects by key. */
  readonly objects: Map<string, Uint8Array>;
  /** What was asked and answered, oldest first: `GET 304`. */
  readonly log: string[];
  /** Headers of the newest request. */
  lastHeaders: IncomingMessage['headers'];
  /** Answers the next request with this error, and does nothing. */
  failNext(status: number, code: string): void;
  stop(): Promise<void>;
}

/** Starts a bucket on a free port. */
export async function startS3Double(): Promise<S3Double> {
  const bucket = 'test-bucket';
  const failures: Answer[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${address.port}`,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const double: S3Double = {
    client,
    bucket,
    objects: new Map(),
    log: [],
    lastHeaders: {},
    failNext: (status, code) => void failures.push(failure(status, code)),
    stop: async () => {
      client.destroy();
      server.close();
      await once(server, 'close');
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { status, etag, body: reply } = failures.shift() ?? answer(double, request, body);
    double.log.push(`${request.method} ${status}`);
    double.lastHeaders = request.headers;
    response.writeHead(status, present({ etag })).end(reply);
  }
  return double;
}

function answer({ objects, bucket }: S3Double, request: IncomingMessage, body: Uint8Array): Answer {
  const [path = '', query] = (request.url ?? '').split('?');
  const prefix = `/${bucket}/`;
  if (!path.startsWith(prefix)) return failure(404, 'NoSuchBucket');
  const key = decodeURIComponent(path.slice(prefix.length));
  const stored = objects.get(key);
  const etag = stored === undefined ? undefined : etagOf(stored);
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'content-encoding': encoding } = request.headers;

  if (request.method === 'GET' && query === 'x-id=GetObject' && ifMatch === undefined) {
    if (stored === undefined || etag === undefined) return failure(404, 'NoSuchKey');
    return ifNoneMatch === etag ? { status: 304, etag } : { status: 200, etag, body: stored };
  }
  if (request.method === 'PUT' && query === 'x-id=PutObject' && encoding === undefined) {
    if (ifMatch !== undefined && etag === undefined) return failure(404, 'NoSuchKey');
    if (ifMatch !== undefined && ifMatch !== etag) return failure(412, 'PreconditionFailed');
    if (ifNoneMatch === '*' && etag !== undefined) return failure(412, 'PreconditionFailed');
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*') return failure(501, 'NotImplemented');
    objects.set(key, body);
    return { status: 200, etag: etagOf(body) };
  }
  return failure(501, 'NotImplemented');
}

const failure = (status: number, code: string): Answer => ({
  status,
  body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

const etagOf = (bytes: Uint8Array): string => `"${createHash('md5').update(bytes).digest('hex')}"`;
