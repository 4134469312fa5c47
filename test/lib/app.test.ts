import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAppConfig } from '#bin/app-config.ts';
import { ROOT } from '#test/support/root.ts';
import { EXAMPLE_CONFIG, writeStubBundles } from '#test/support/stack/synth.ts';

const APP = join(ROOT, 'bin/app.ts');

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function configFile(content: string): string {
  const file = join(temporaryFolder(), 'config.json');
  writeFileSync(file, content);
  return file;
}

/** The example, with some keys changed; `undefined` omits a key. */
const changedExample = (changes: Record<string, unknown>): string =>
  configFile(JSON.stringify({ ...readAppConfig(EXAMPLE_CONFIG), ...changes }));

/** Runs the app as the CDK CLI does, without credentials. */
function runApp(env: Record<string, string>): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [APP], { env: { PATH: process.env.PATH, ...env } }, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

describe('the app', { timeout: 60_000 }, () => {
  test('synthesizes the example into the folder that the CLI names, without credentials', async () => {
    const [outdir, bundles] = [temporaryFolder(), temporaryFolder()];
    writeStubBundles(bundles);

    const env = { CDK_OUTDIR: outdir, LAG_WATCHER_FUNCTIONS: bundles, LAG_WATCHER_CONFIG: EXAMPLE_CONFIG };
    const { code, stderr } = await runApp(env);

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(readdirSync(outdir)).toContain('orders-lag-watcher.template.json');
  });

  test('fails without the name of a configuration', async () => {
    const { code, stderr } = await runApp({ CDK_OUTDIR: temporaryFolder() });

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^no configuration file; name it with -c config=FILE/),
    });
  });

  test('says what is wrong with the configuration that the context names, without a stack trace', async () => {
    const outdir = temporaryFolder();
    const context = JSON.stringify({ config: changedExample({ mode: 'dance' }) });

    const { code, stderr } = await runApp({ CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: context });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^configuration .*config\.json is wrong:\n- mode: .*\n$/);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });
});

describe('readAppConfig', () => {
  const problemsOf = (file: string): string[] => {
    try {
      readAppConfig(file);
    } catch (error) {
      return error instanceof Error ? error.message.split('\n') : [];
    }
    return [];
  };

  test('fills in what the example omits', () => {
    expect(readAppConfig(EXAMPLE_CONFIG)).toMatchObject({
      gatewayEndpoints: 'create',
      pollReservedConcurrency: 1,
      timing: { pollIntervalSeconds: 60, lockSeconds: 4200 },
    });
  });

  test('names all problems at once', () => {
    const file = changedExample({ clusterArn: undefined, lagTreshold: 5, services: [{ group: 'a' }], maxRechecks: -1 });

    const problems = problemsOf(file).map((problem) => problem.split(': ')[0]);

    expect(problems).toEqual(
      expect.arrayContaining([
        '- clusterArn',
        '- lagTreshold',
        '- services.0.ecsCluster',
        '- services.0.ecsService',
        '- maxRechecks',
      ]),
    );
  });

  test('requires lists of one length for the network', () => {
    const network = {
      vpcId: 'vpc-00000001',
      availabilityZones: ['a'],
      subnetIds: ['subnet-00000001', 'subnet-00000002'],
      routeTableIds: ['rtb-00000001'],
    };

    expect(problemsOf(changedExample({ network })).slice(1)).toEqual([
      '- network.availabilityZones: must name one zone for each subnet, in the same order',
      '- network.routeTableIds: must name one route table for each subnet, in the same order',
    ]);
  });

  test('requires route tables only to create the gateway endpoint', () => {
    const network = { vpcId: 'vpc-00000001', availabilityZones: ['a'], subnetIds: ['subnet-00000001'] };

    expect(problemsOf(changedExample({ network })).slice(1)).toEqual([
      expect.stringMatching(/^- network\.routeTableIds: must be set/),
    ]);
    expect(problemsOf(changedExample({ network, gatewayEndpoints: 'existing' }))).toEqual([]);
  });

  test('accepts a cluster without brokers, and checks the rest', () => {
    expect(problemsOf(changedExample({ bootstrapBrokers: undefined }))).toEqual([]);
    expect(problemsOf(changedExample({ bootstrapBrokers: undefined, clusterArn: 'orders' })).slice(1)).toEqual([
      expect.stringMatching(/^- clusterArn: "orders" is not the ARN/),
    ]);
  });

  test('reports a missing file', () => {
    expect(problemsOf('/nowhere/config.json')).toEqual([
      expect.stringMatching(/^configuration .*config\.json does not exist/),
    ]);
  });

  test('reports a file that is not JSON', () => {
    expect(problemsOf(configFile('{'))).toEqual([expect.stringMatching(/^configuration .* cannot be read: .*JSON/)]);
  });
});
