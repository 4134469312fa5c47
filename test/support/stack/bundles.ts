/** The functions as they ship: bundled into a folder of its own, each called in a process of its own. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SETTINGS_ENV, type SettingsInput } from '#core/settings.ts';
import { ROOT } from '#test/support/root.ts';

const run = promisify(execFile);

/** Bundles all functions; `remove` takes the folder away again. */
export async function buildBundles(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-bundles-'));
  await run(process.execPath, [join(ROOT, 'bin/build.ts'), folder]);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface BundleCall {
  readonly folder: string;
  readonly name: string;
  readonly event: unknown;
  readonly settings: SettingsInput;
  /** URL of all AWS services; by default a port that nothing listens on. */
  readonly endpoint?: string;
}

/** How a call ended, and what the function wrote. */
export interface BundleResult {
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  /** Lines of stdout but the last, which is the outcome. */
  readonly lines: readonly string[];
}

const PROGRAM = `
const [file, event] = process.argv.slice(1);
const { handler } = await import(file);
const context = { functionName: 'f', awsRequestId: 'r', getRemainingTimeInMillis: () => 10000 };
const outcome = await handler(JSON.parse(event), context).then(
  (result) => ({ result }),
  (error) => ({ error: { name: error.name, message: error.message } }),
);
process.stdout.write(JSON.stringify(outcome) + '\\n', () => process.exit());
`;

/** Calls one bundle. */
export async function callBundle({
  folder,
  name,
  event,
  settings,
  endpoint = 'http://127.0.0.1:1',
}: BundleCall): Promise<BundleResult> {
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL: endpoint,
    AWS_MAX_ATTEMPTS: '1',
    [SETTINGS_ENV]: JSON.stringify(settings),
  };
  const file = join(folder, name, 'index.mjs');
  const args = ['--input-type=module', '-e', PROGRAM, file, JSON.stringify(event)];
  const { stdout } = await run(process.execPath, args, { env, timeout: 30_000 });
  const lines = stdout.trim().split('\n');
  return { ...JSON.parse(lines.pop() ?? ''), lines };
}
