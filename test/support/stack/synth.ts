/** Synthesizes the app in this process, with bundles that hold nothing. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readAppConfig } from '#bin/app-config.ts';
import { RIGHTS } from '#lib/functions/rights.ts';
import { LagWatcherStack, type LagWatcherStackProps } from '#lib/index.ts';
import { ROOT } from '#test/support/root.ts';

/** The example configuration. */
export const EXAMPLE_CONFIG = join(ROOT, 'examples', 'lag-watcher.json');
/** Names of all functions. */
export const FUNCTION_NAMES: readonly string[] = Object.keys(RIGHTS);

/** Writes a bundle of its own for each function into a folder. */
export function writeStubBundles(folder: string): void {
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
}

/** Calls `use` with a folder in which each function has a bundle of its own; the folder is gone afterwards. */
export function withStubBundles<T>(use: (functionsDir: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-bundles-'));
  try {
    writeStubBundles(folder);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A CDK app with the feature flags of `cdk.json`; its output goes to `outdir`. */
export function newApp(outdir: string): App {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  return new App({ context, outdir, analyticsReporting: false });
}

/** The template of the example configuration, with some props changed. Nothing is left on disk. */
export function synthExample(changes: Partial<LagWatcherStackProps> = {}): Template {
  return withStubBundles((functionsDir) => {
    const app = newApp(join(functionsDir, 'cdk.out'));
    const config = readAppConfig(EXAMPLE_CONFIG);
    return Template.fromStack(new LagWatcherStack(app, config.stackName, { ...config, functionsDir, ...changes }));
  });
}

/** The template of a configuration of its own. Nothing is left on disk. */
export function synthConfig(content: unknown): Template {
  return withStubBundles((functionsDir) => {
    const path = join(functionsDir, 'config.json');
    writeFileSync(path, JSON.stringify(content));
    const config = readAppConfig(path);
    const app = newApp(join(functionsDir, 'cdk.out'));
    return Template.fromStack(new LagWatcherStack(app, config.stackName, { ...config, functionsDir }));
  });
}

/** The template of the example configuration without the brokers' addresses, which are to be discovered then. */
export function synthDiscovering(changes: Partial<LagWatcherStackProps> = {}): Template {
  return withStubBundles((functionsDir) => {
    const app = newApp(join(functionsDir, 'cdk.out'));
    const { bootstrapBrokers, ...config } = readAppConfig(EXAMPLE_CONFIG);
    return Template.fromStack(new LagWatcherStack(app, config.stackName, { ...config, functionsDir, ...changes }));
  });
}

let example: unknown;
/** The template of the example configuration as an object; made once per test file. */
export const exampleTemplate = (): unknown => (example ??= synthExample().toJSON());
