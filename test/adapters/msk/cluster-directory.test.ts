import {
  BadRequestException,
  DescribeClusterV2Command,
  ForbiddenException,
  GetBootstrapBrokersCommand,
  KafkaClient,
  ListClustersV2Command,
} from '@aws-sdk/client-kafka';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createMskClusterDirectory } from '#adapters/msk/cluster-directory.ts';
import { ERROR_NAMES } from '#core/errors.ts';
import * as msk from '#test/support/aws/msk-clusters.ts';

const client = new KafkaClient({ region: 'eu-west-1' });
const mock = mockClient(client);
const directory = createMskClusterDirectory({ client });
const arn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/orders/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-2';
const meta = { message: 'said MSK', $metadata: {} };

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects('MSK was not taught this');
});
afterAll(() => mock.restore());

const hasCluster = (cluster: typeof msk.standard, brokers: typeof msk.standardBrokers) => {
  mock.on(DescribeClusterV2Command, { ClusterArn: arn }).resolves({ ClusterInfo: cluster });
  mock.on(GetBootstrapBrokersCommand, { ClusterArn: arn }).resolves(brokers);
};

describe('describe', () => {
  it('returns a standard cluster with every login and network', async () => {
    hasCluster(msk.standard, msk.standardBrokers);

    expect(await directory.describe(arn)).toStrictEqual({
      arn,
      name: 'orders',
      type: 'standard',
      state: 'ACTIVE',
      kafkaVersion: '3.8.x',
      brokers: 3,
      endpoints: {
        kind: 'known',
        value: [
          { auth: 'iam', network: 'private', bootstrapBrokers: msk.inOrder('orders', 9098) },
          { auth: 'scram', network: 'private', bootstrapBrokers: msk.inOrder('orders', 9096) },
          { auth: 'mtls', network: 'private', bootstrapBrokers: msk.inOrder('orders', 9094) },
          { auth: 'tls', network: 'private', bootstrapBrokers: msk.inOrder('orders', 9094) },
          { auth: 'plaintext', network: 'private', bootstrapBrokers: msk.inOrder('orders', 9092) },
          { auth: 'iam', network: 'ipv6', bootstrapBrokers: msk.inOrder('orders', 20098, 'b-v6') },
          { auth: 'iam', network: 'public', bootstrapBrokers: msk.inOrder('orders', 9198, 'b-public') },
          { auth: 'mtls', network: 'public', bootstrapBrokers: msk.inOrder('orders', 9194, 'b-public') },
          { auth: 'scram', network: 'vpc-connectivity', bootstrapBrokers: msk.inOrder('orders', 14001, 'b-vpc') },
        ],
      },
    });
  });

  it('distinguishes Express clusters by their instance type', async () => {
    hasCluster(msk.express, msk.expressBrokers);

    expect(await directory.describe(arn)).toMatchObject({
      type: 'express',
      endpoints: { value: [{ auth: 'iam', network: 'private', bootstrapBrokers: msk.inOrder('payments', 9098) }] },
    });
  });

  it('returns a serverless cluster without version and number of brokers', async () => {
    hasCluster(msk.serverless, msk.serverlessBrokers);

    expect(await directory.describe(arn)).toStrictEqual({
      arn: msk.serverless.ClusterArn,
      name: 'events',
      type: 'serverless',
      state: 'ACTIVE',
      endpoints: {
        kind: 'known',
        value: [
          {
            auth: 'iam',
            network: 'private',
            bootstrapBrokers: 'boot-a1b2c3d4.c1.kafka-serverless.eu-west-1.amazonaws.com:9098',
          },
        ],
      },
    });
  });

  it.each([
    ['with a certificate alone', { Tls: { Enabled: true }, Unauthenticated: { Enabled: false } }, ['mtls']],
    ['without login alone', { Tls: { Enabled: false }, Unauthenticated: { Enabled: true } }, ['tls']],
    ['of a cluster from before the login could be chosen', undefined, ['tls']],
  ])('returns the TLS listener %s', async (_what, ClientAuthentication, expected) => {
    const { Provisioned } = msk.standard;
    if (Provisioned === undefined) throw new Error('the example is provisioned');
    hasCluster(
      { ...msk.standard, Provisioned: { ...Provisioned, ClientAuthentication } },
      {
        BootstrapBrokerStringTls: 'b-1.orders:9094',
      },
    );
    const { endpoints } = await directory.describe(arn);

    expect(endpoints.kind === 'known' && endpoints.value.map(({ auth }) => auth)).toEqual(expected);
  });

  it('returns a new type as unknown', async () => {
    hasCluster({ ...msk.serverless, ClusterType: 'ORBITAL' as never }, {});

    expect(await directory.describe(arn)).toMatchObject({ type: 'unknown', endpoints: { kind: 'known', value: [] } });
  });

  it('returns why the brokers are unknown in a state in which MSK does not name them', async () => {
    hasCluster({ ...msk.standard, State: 'DELETING' }, {});
    const reason = "You can't get bootstrap broker nodes for a cluster in DELETING state.";
    mock.on(GetBootstrapBrokersCommand).rejects(new BadRequestException({ ...meta, message: reason }));

    expect(await directory.describe(arn)).toMatchObject({ state: 'DELETING', endpoints: { kind: 'unknown', reason } });
  });

  it('throws when MSK answers without a cluster', async () => {
    mock.on(DescribeClusterV2Command).resolves({});

    await expect(directory.describe(arn)).rejects.toMatchObject({
      name: ERROR_NAMES.discovery,
      message: `DescribeClusterV2 returned nothing for cluster ${arn}`,
    });
  });

  it('throws when it may describe the cluster but not read its brokers', async () => {
    hasCluster(msk.standard, {});
    mock.on(GetBootstrapBrokersCommand).rejects(new ForbiddenException(meta));

    await expect(directory.describe(arn)).rejects.toThrow(/allow it the action kafka:GetBootstrapBrokers/);
  });
});

describe('list', () => {
  it('reads all pages', async () => {
    mock
      .on(ListClustersV2Command, { MaxResults: 100 })
      .resolves({ ClusterInfoList: [msk.standard, msk.express], NextToken: 'more' })
      .on(ListClustersV2Command, { MaxResults: 100, NextToken: 'more' })
      .resolves({ ClusterInfoList: [msk.serverless] });
    const listed = await directory.list();

    expect(listed.map(({ name, type, tags }) => ({ name, type, tags }))).toEqual([
      { name: 'orders', type: 'standard', tags: { team: 'orders' } },
      { name: 'payments', type: 'express', tags: { team: 'payments' } },
      { name: 'events', type: 'serverless', tags: {} },
    ]);
  });

  it('passes the beginning of the name to MSK as a filter', async () => {
    mock.on(ListClustersV2Command, { MaxResults: 100, ClusterNameFilter: 'or' }).resolves({ ClusterInfoList: [] });

    expect(await directory.list('or')).toEqual([]);
  });

  it('throws when a later page fails', async () => {
    mock
      .on(ListClustersV2Command, { MaxResults: 100 })
      .resolves({ ClusterInfoList: [msk.standard], NextToken: 'more' })
      .on(ListClustersV2Command, { MaxResults: 100, NextToken: 'more' })
      .rejects(new ForbiddenException(meta));

    await expect(directory.list()).rejects.toThrow(/allow it the action kafka:ListClustersV2/);
  });
});

it('an error of the API names the operation, the cluster and what to do', async () => {
  const error = new ForbiddenException(meta);
  mock.on(DescribeClusterV2Command).rejects(error);

  await expect(directory.describe(arn)).rejects.toMatchObject({
    name: ERROR_NAMES.discovery,
    message: expect.stringMatching(/^DescribeClusterV2 failed for cluster .*kafka:DescribeClusterV2: said MSK$/),
    cause: error,
  });
});
