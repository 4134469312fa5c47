/** Calls the functions as they ship, each in a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { SETTINGS_ENV, type SettingsInput } from '#core/settings.ts';

const run = promisify(execFile);

export interface BundleCall {
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
  const file = join(inject('bundles'), name, 'index.mjs');
  const args = ['--input-type=module', '-e', PROGRAM, file, JSON.stringify(event)];
  const { stdout } = await run(process.execPath, args, { env, timeout: 30_000 });
  const lines = stdout.trim().split('\n');
  return { ...JSON.parse(lines.pop() ?? ''), lines };
}
