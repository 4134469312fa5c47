/** Synthesizes the app in this process, with bundles that hold nothing. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { type AppConfig, readAppConfig } from '#bin/app-config.ts';
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

/**
 * Calls `use` with a folder in which each function has a bundle of its own; the folder is gone
 * afterwards.
 */
export function withStubBundles<T>(use: (functionsDir: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-bundles-'));
  try {
    writeStubBundles(folder);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A CDK app with the feature flags of `cdk.json`; its output goes to `outdir`. It leaves out what
 * costs time and is not in a template: copies of the assets, stack traces, and the check of the
 * template, which the test of the app as a process keeps.
 */
export function newApp(outdir: string): App {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  return new App({
    context: { ...context, [DISABLE_ASSET_STAGING_CONTEXT]: true },
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    stackTraces: false,
  });
}

const synthesized = new Map<string, Template>();

/**
 * Synthesizes each configuration once for all the test files of a worker; no test changes a
 * template.
 */
function synthesize(config: AppConfig): Template {
  const key = JSON.stringify(config);
  const known = synthesized.get(key);
  if (known !== undefined) return known;
  const template = withStubBundles((functionsDir) => {
    const app = newApp(join(functionsDir, 'cdk.out'));
    return Template.fromStack(new LagWatcherStack(app, config.stackName, { functionsDir, ...config }));
  });
  synthesized.set(key, template);
  return template;
}

/** The template of the example configuration, with some props changed. Nothing is left on disk. */
export const synthExample = (changes: Partial<LagWatcherStackProps> = {}): Template =>
  synthesize({ ...exampleConfig(), ...changes });

/** The template of a configuration of its own. Nothing is left on disk. */
export function synthConfig(content: unknown): Template {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-config-'));
  try {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(content));
    return synthesize(readAppConfig(path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The template of the example configuration without the addresses of brokers: it has to discover
 * them.
 */
export function synthDiscovering(changes: Partial<LagWatcherStackProps> = {}): Template {
  const { bootstrapBrokers, ...config } = exampleConfig();
  return synthesize({ ...config, ...changes });
}

const exampleConfig = (): AppConfig => readAppConfig(EXAMPLE_CONFIG);

/** The template of the example configuration as an object. */
export const exampleTemplate = (): unknown => synthExample().toJSON();
