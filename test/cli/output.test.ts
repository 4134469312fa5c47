/** Output that cannot be written or that nobody reads. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '#test/support/root.ts';

const SCRIPT = join(ROOT, 'bin/lag.ts');

test('a failure to write output is an error in one line, not a success', async () => {
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
    stderr: expect.stringMatching(/^lag: the output could not be written to stdout: ENOSPC: [^\n]*\n$/),
  });
});

test('the exit code is the same when nobody reads stderr', async () => {
  const lag = spawn(process.execPath, [SCRIPT, 'describe', '-b', '127.0.0.1:1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  lag.stderr?.destroy();

  expect(await once(lag, 'exit')).toEqual([2, null]);
});
