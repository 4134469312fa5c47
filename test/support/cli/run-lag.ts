/** Runs the command line as people do, in a process. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '#test/support/root.ts';

export interface LagRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/**
 * Runs `lag` to its end, without MSK_ and AWS_ variables of this environment. `env` adds variables.
 */
export function runLag(args: readonly string[], env: Record<string, string> = {}): Promise<LagRun> {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MSK|AWS)_/.test(name)));
  const script = join(ROOT, 'bin/lag.ts');
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const options = { env: { ...rest, NO_COLOR: '1', ...env }, timeout: 140_000 };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const seconds = (performance.now() - startedAt) / 1000;
      if (typeof code === 'number') resolve({ code, stdout, stderr, seconds });
      else reject(error ?? new Error('lag ended without a code'));
    });
  });
}
