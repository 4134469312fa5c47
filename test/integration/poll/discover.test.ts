/** `lag discover` as people run it, against MSK's API in its own words on the wire. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as msk from '#test/support/aws/msk-clusters.ts';
import { type MskDouble, refusal, startMskDouble } from '#test/support/aws/msk-double.ts';
import { runLag } from '#test/support/cli/run-lag.ts';

const OLD = {
  ...msk.standard,
  ClusterArn: `${msk.standard.ClusterArn}-old`,
  ClusterName: 'old',
  State: 'DELETING',
} as const;

let double: MskDouble;
let env: Record<string, string>;
beforeAll(async () => {
  double = await startMskDouble([
    [msk.standard, msk.standardBrokers],
    [msk.express, msk.expressBrokers],
    [msk.serverless, msk.serverlessBrokers],
    [OLD, undefined],
  ]);
  env = {
    AWS_ENDPOINT_URL: double.endpoint,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_REGION: 'eu-west-1',
  };
});
afterAll(() => double?.stop());

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

  it('prints one cluster and all its brokers, by its tag', async () => {
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

  it('prints what is known of a cluster whose brokers are unknown', async () => {
    const { code, stdout, stderr } = await runLag(['discover', '--arn', OLD.ClusterArn, '--json'], env);
    const reason = refusal('DELETING');

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'old', state: 'DELETING', endpoints: { unknown: reason } });
    expect(stderr).toBe(`lag: the brokers of "old" are unknown: ${reason}\n`);
  });

  it.each([
    [
      'a login that is not offered',
      ['--name', 'payments', '--auth', 'scram'],
      /offers no auth scram on network private; it offers iam on private/,
    ],
    [
      'an ARN that does not exist',
      ['--arn', `${msk.standard.ClusterArn}-gone`],
      /there is no such cluster in this account and Region: The cluster does not exist/,
    ],
    ['two clusters at once', ['--name', 'a', '--tag', 'b=c'], /exclude each other/],
    ['a login of no cluster', ['--auth', 'iam'], /name it with --arn, --name or --tag/],
    ['a tag without a value', ['--tag', 'team'], /must be key=value/],
  ])('ends with one line and code 1: %s', async (_what, args, says) => {
    const { code, stdout, stderr } = await runLag(['discover', ...args], env);

    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
    expect(stderr).toMatch(says);
  });
});
