/**
 * PutMetricData behind HTTP on loopback, in the words that the client sends (AWS JSON 1.0, gzip),
 * over the twin of CloudWatch's metrics. What the API would not take is refused as it does;
 * every other request gets 501.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { MetricDatum } from '#local/cloudwatch/emf.ts';
import type { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';

/** What was sent in one call, whatever became of it. */
export interface ReceivedCall {
  /** Before and after decompression. */
  readonly sentBytes: number;
  readonly bytes: number;
  readonly encoding: string | undefined;
  /** What becomes of the connection: `close` or `keep-alive`. */
  readonly connection: string | undefined;
  /** Data, and the distinct values of each. */
  readonly distinctValues: readonly number[];
}

/**
 * `answer`: with this error, and nothing is taken. `lose`: it is taken, and the connection ends
 * without an answer.
 */
type Trouble = { readonly answer: readonly [status: number, type: string] } | 'lose';

export interface CloudWatchDouble {
  /** Of the client: endpoint, Region, credentials. */
  readonly config: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** Calls that arrived, oldest first. */
  readonly calls: ReceivedCall[];
  /** Trouble of the calls to come, the first for the next one; `undefined` for none. */
  readonly troubles: (Trouble | undefined)[];
  stop(): Promise<void>;
}

const TARGET = 'GraniteServiceVersion20100801.PutMetricData';
const MAX_BYTES = 1_000_000;

const requestSchema = z.strictObject({
  Namespace: z.string(),
  MetricData: z
    .array(
      z.strictObject({
        MetricName: z.string(),
        Unit: z.enum(['None', 'Count', 'Count/Second', 'Milliseconds', 'Seconds']),
        Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).max(30),
        /** Seconds. */
        Timestamp: z.number(),
        Values: z.array(z.number()).min(1).max(150),
        Counts: z.array(z.number().positive()).max(150),
      }),
    )
    .min(1)
    .max(1_000),
});
type Sent = z.infer<typeof requestSchema>['MetricData'][number];

/** Starts it on a free port. */
export async function startCloudWatchDouble(cloudWatch: MemoryCloudWatch): Promise<CloudWatchDouble> {
  const server = createServer((request, response) => void serve(double, cloudWatch, { request, response }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const double: CloudWatchDouble = {
    config: { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials },
    calls: [],
    troubles: [],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return double;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(double: CloudWatchDouble, cloudWatch: MemoryCloudWatch, { request, response }: Exchange) {
  const body = await buffer(request);
  const refuse = (status: number, __type: string, message = __type) =>
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify({ __type, message }));
  if (request.headers['x-amz-target'] !== TARGET) return refuse(501, 'NotImplemented');
  const { 'content-encoding': encoding, connection } = request.headers;
  const text = encoding === 'gzip' ? gunzipSync(body) : body;
  const parsed = requestSchema.safeParse(JSON.parse(text.toString()));
  const distinctValues = parsed.data?.MetricData.map(({ Values }) => new Set(Values).size) ?? [];
  double.calls.push({ sentBytes: body.length, bytes: text.length, encoding, connection, distinctValues });
  const trouble = double.troubles.shift();
  if (trouble !== undefined && trouble !== 'lose') return refuse(...trouble.answer);
  if (text.length > MAX_BYTES)
    return refuse(413, 'RequestEntityTooLargeException', `the body has ${text.length} bytes`);
  if (!parsed.success) return refuse(400, 'InvalidParameterValueException', z.prettifyError(parsed.error));
  try {
    cloudWatch.put(parsed.data.MetricData.map((datum) => received(parsed.data.Namespace, datum)));
  } catch (error) {
    return refuse(400, 'InvalidParameterValueException', String(error));
  }
  if (trouble === 'lose') return request.socket.destroy();
  return response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
}

function received(namespace: string, { MetricName, Dimensions, Timestamp, Values, Counts }: Sent): MetricDatum {
  if (Counts.length !== Values.length)
    throw new Error(`${MetricName} has ${Values.length} values, ${Counts.length} counts`);
  return {
    namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    atMs: Math.round(Timestamp * 1000),
    values: Values.flatMap((value, index) => Array<number>(Counts[index] ?? 0).fill(value)),
  };
}
