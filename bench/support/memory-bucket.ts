/** A bucket in memory behind the real S3 client, which builds and signs requests as usual. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface Stored {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** The client, and the bytes of the last written object. */
export function memoryBucket(): { readonly client: S3Client; readonly storedBytes: () => number } {
  const objects = new Map<string, Stored>();
  let stored = 0;
  const handle = async ({ method, path, headers, body }: Request) => {
    if (method === 'GET') return { response: get(objects.get(path), headers['if-none-match']) };
    const bytes = body ?? new Uint8Array();
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    objects.set(path, { bytes, etag });
    stored = bytes.length;
    return { response: answer(200, { etag }) };
  };
  const client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: { handle: (request: unknown) => handle(request as Request) } as never,
  });
  return { client, storedBytes: () => stored };
}

function get(object: Stored | undefined, known: string | undefined) {
  if (object === undefined) return answer(404, {}, '<Error><Code>NoSuchKey</Code></Error>');
  const { etag, bytes } = object;
  return known === etag ? answer(304, { etag }) : answer(200, { etag }, bytes);
}

const answer = (statusCode: number, headers: Record<string, string>, body: Uint8Array | string = '') => ({
  statusCode,
  headers,
  body: Readable.from(body.length === 0 ? [] : [Buffer.from(body)]),
});
