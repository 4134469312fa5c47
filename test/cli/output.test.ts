/** What becomes of output that nobody takes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '#test/support/root.ts';

const SCRIPT = join(ROOT, 'bin/lag.ts');

test('output that cannot be written is an error in a line, and not a success', async () => {
  const full = openSync('/dev/full', 'w');
  const lag = spawn(process.execPath, [SCRIPT, '--help'], { stdio: ['ignore', full, 'pipe'] });
  let stderr = '';
  lag.stderr?.on('data', (text) => {
    stderr += String(text);
  });

  const [code] = await once(lag, 'close');
  closeSync(full);

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^lag: what was found could not be written to stdout: ENOSPC: [^\n]*\n$/),
  });
});

test('the exit code is the same where nobody reads what went wrong', async () => {
  const lag = spawn(process.execPath, [SCRIPT, 'describe', '-b', '127.0.0.1:1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  lag.stderr?.destroy();

  expect(await once(lag, 'exit')).toEqual([2, null]);
});
