/**
 * The API of MSK behind HTTP on loopback, in its own words on the wire, and a bucket that holds
 * what is put there. Every other request gets 501.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Cluster, GetBootstrapBrokersResponse } from '@aws-sdk/client-kafka';

/**
 * A cluster, and its brokers; without brokers the API refuses to return them, as it does in some
 * states.
 */
export type MskCluster = readonly [Cluster, GetBootstrapBrokersResponse | undefined];

export interface MskDouble {
  readonly endpoint: string;
  /** May be changed while it runs. */
  readonly clusters: MskCluster[];
  /** Objects of the bucket named `bucket`, by key. */
  readonly objects: Map<string, Buffer>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: unknown;
}

/** What MSK says instead of the brokers. */
export const refusal = (state: string): string =>
  `You can't get bootstrap broker nodes for a cluster in ${state} state.`;

/** Starts it on a free port. */
export async function startMskDouble(clusters: readonly MskCluster[]): Promise<MskDouble> {
  const server = createServer(async (request, response) => {
    const { status, type, body } = await answer(double, request);
    const headers = type === undefined ? {} : { 'x-amzn-errortype': type };
    response.writeHead(status, headers).end(body instanceof Buffer ? body : onTheWire(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const double: MskDouble = {
    endpoint: `http://127.0.0.1:${port}`,
    clusters: [...clusters],
    objects: new Map(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return double;
}

/** MSK's JSON has its keys in lower camel case. */
const onTheWire = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).map(([key, each]) => [key.charAt(0).toLowerCase() + key.slice(1), each]))
      : v,
  );

async function answer(double: MskDouble, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const path = decodeURIComponent(url.pathname);
  if (path.startsWith('/bucket/')) return answerBucket(double.objects, request, path.slice('/bucket/'.length));
  if (path === '/api/v2/clusters') return listPage(double.clusters, url.searchParams);
  const [, described, asked] =
    /^(?:\/api\/v2\/clusters\/(.+)|\/v1\/clusters\/(.+)\/bootstrap-brokers)$/.exec(path) ?? [];
  const found = double.clusters.find(([{ ClusterArn }]) => ClusterArn === (described ?? asked));
  if (described === undefined && asked === undefined) return { status: 501, body: {} };
  if (found === undefined) return refuse(404, 'NotFoundException', 'The cluster does not exist.');
  const [cluster, brokers] = found;
  if (described !== undefined) return { status: 200, body: { ClusterInfo: cluster } };
  return brokers === undefined
    ? refuse(400, 'BadRequestException', refusal(cluster.State ?? ''))
    : { status: 200, body: brokers };
}

const refuse = (status: number, type: string, Message: string): Answer => ({ status, type, body: { Message } });

/** Two clusters a page. */
function listPage(clusters: readonly MskCluster[], query: URLSearchParams): Answer {
  const from = Number(query.get('nextToken') ?? 0);
  const prefix = query.get('clusterNameFilter') ?? '';
  const all = clusters.map(([cluster]) => cluster).filter(({ ClusterName }) => ClusterName?.startsWith(prefix));
  const more = from + 2 < all.length ? { NextToken: String(from + 2) } : {};
  return { status: 200, body: { ClusterInfoList: all.slice(from, from + 2), ...more } };
}

async function answerBucket(objects: Map<string, Buffer>, request: IncomingMessage, key: string): Promise<Answer> {
  if (request.method === 'PUT') {
    objects.set(key, await buffer(request));
    return { status: 200, body: Buffer.alloc(0) };
  }
  const missing = Buffer.from('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
  const body = objects.get(key);
  return body === undefined ? { status: 404, body: missing } : { status: 200, body };
}
