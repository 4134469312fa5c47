/** `lag discover` as people run it, against MSK's API in its own words on the wire. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cluster, GetBootstrapBrokersResponse } from '@aws-sdk/client-kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as msk from '../support/msk-clusters.ts';
import { runLag } from '../support/run-lag.ts';

const CLUSTERS: readonly (readonly [Cluster, GetBootstrapBrokersResponse | undefined])[] = [
  [msk.standard, msk.standardBrokers],
  [msk.express, msk.expressBrokers],
  [msk.serverless, msk.serverlessBrokers],
  [{ ...msk.standard, ClusterArn: `${msk.standard.ClusterArn}-old`, ClusterName: 'old', State: 'DELETING' }, undefined],
];

/** MSK's JSON has its keys in lower camel case. */
const onTheWire = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).map(([key, each]) => [key.charAt(0).toLowerCase() + key.slice(1), each]))
      : v,
  );

function answer(url: URL): { status: number; type?: string; body: unknown } {
  const path = decodeURIComponent(url.pathname);
  if (path === '/api/v2/clusters') return listPage(url.searchParams);
  const found = CLUSTERS.find(
    ([{ ClusterArn }]) => path.includes(`/clusters/${ClusterArn}`) && pathEnds(path, ClusterArn),
  );
  if (found === undefined)
    return { status: 404, type: 'NotFoundException', body: { Message: 'The cluster does not exist.' } };
  const [cluster, brokers] = found;
  if (path.startsWith('/api/v2/')) return { status: 200, body: { ClusterInfo: cluster } };
  if (brokers !== undefined) return { status: 200, body: brokers };
  const Message = "You can't get bootstrap broker nodes for a cluster in DELETING state.";
  return { status: 400, type: 'BadRequestException', body: { Message } };
}

const pathEnds = (path: string, arn = ''): boolean => path.endsWith(arn) || path.endsWith(`${arn}/bootstrap-brokers`);

/** Two clusters a page. */
function listPage(query: URLSearchParams): { status: number; body: unknown } {
  const from = Number(query.get('nextToken') ?? 0);
  const all = CLUSTERS.map(([cluster]) => cluster).filter(({ ClusterName }) =>
    ClusterName?.startsWith(query.get('clusterNameFilter') ?? ''),
  );
  const more = from + 2 < all.length ? { NextToken: String(from + 2) } : {};
  return { status: 200, body: { ClusterInfoList: all.slice(from, from + 2), ...more } };
}

const server = createServer((request, response) => {
  const { status, type, body } = answer(new URL(request.url ?? '', 'http://localhost'));
  const headers = type === undefined ? {} : { 'x-amzn-errortype': type };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(onTheWire(body));
});
let env: Record<string, string>;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_REGION: 'eu-west-1',
  };
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const rowsOf = (stdout: string): string[][] => stdout.split('\n').map((line) => line.split(/\s+/));

describe('lag discover', () => {
  it('lists the clusters of the Region, page by page', async () => {
    const { code, stdout, stderr } = await runLag(['discover'], env);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(rowsOf(stdout).map((row) => row.slice(0, 5).join(' '))).toEqual([
      'NAME TYPE STATE KAFKA BROKERS',
      'orders standard ACTIVE 3.8.x 3',
      'payments express ACTIVE 3.8.x 3',
      'events serverless ACTIVE - -',
      'old standard DELETING 3.8.x 3',
      '',
    ]);
  });

  it('tells one cluster and all its brokers, by its tag', async () => {
    const { code, stdout } = await runLag(['discover', '--tag', 'team=payments'], env);

    expect(code).toBe(0);
    expect(rowsOf(stdout).map((row) => row.slice(0, 3))).toEqual([
      ['NAME', 'TYPE', 'STATE'],
      ['payments', 'express', 'ACTIVE'],
      [''],
      ['AUTH', 'NETWORK', 'BOOTSTRAP-BROKERS'],
      ['iam', 'private', msk.inOrder('payments', 9098)],
      [''],
    ]);
  });

  it('gives a script the brokers for one login', async () => {
    const args = ['discover', '--name', 'orders', '--auth', 'iam', '--network', 'public', '--json'];
    const { code, stdout } = await runLag(args, env);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      arn: msk.standard.ClusterArn,
      name: 'orders',
      type: 'standard',
      state: 'ACTIVE',
      kafkaVersion: '3.8.x',
      brokers: 3,
      endpoints: [{ auth: 'iam', network: 'public', bootstrapBrokers: msk.inOrder('orders', 9198, 'b-public') }],
    });
  });

  it('tells what is known of a cluster whose brokers are not', async () => {
    const { code, stdout, stderr } = await runLag(
      ['discover', '--arn', `${msk.standard.ClusterArn}-old`, '--json'],
      env,
    );
    const reason = "You can't get bootstrap broker nodes for a cluster in DELETING state.";

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'old', state: 'DELETING', endpoints: { unknown: reason } });
    expect(stderr).toBe(`lag: the brokers of "old" are not known: ${reason}\n`);
  });

  it.each([
    [
      'a login that is not offered',
      ['--name', 'payments', '--auth', 'scram'],
      /offers no auth scram on network private; it offers iam on private/,
    ],
    ['a name that does not exist', ['--name', 'ord'], /no MSK cluster .* has the name "ord": listed were "orders"/],
    ['a tag of two', ['--tag', 'team=orders'], /matches 2; give the ARN/],
    [
      'an ARN that does not exist',
      ['--arn', `${msk.standard.ClusterArn}-gone`],
      /there is no such cluster in this account and Region: The cluster does not exist/,
    ],
    ['two clusters at once', ['--name', 'a', '--tag', 'b=c'], /exclude each other/],
    ['a login of no cluster', ['--auth', 'iam'], /name it by --arn, --name or --tag/],
    ['a tag without a value', ['--tag', 'team'], /must be key=value/],
  ])('ends with one line and code 1: %s', async (_what, args, says) => {
    const { code, stdout, stderr } = await runLag(['discover', ...args], env);

    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
    expect(stderr).toMatch(says);
  });
});
