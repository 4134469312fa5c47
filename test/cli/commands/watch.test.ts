import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { equipWatch } from '#cli/commands/watch.ts';
import { runCommand } from '#test/support/cli/run-command.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { ROOT } from '#test/support/root.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const NOBODY = ['--bootstrap', '127.0.0.1:1'];
const folder = mkdtempSync(join(tmpdir(), 'lag-watch-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('lag watch continues after a failed poll, and returns the exit code of the last', async () => {
  const { code, stdout, stderr } = await runLag(['watch', ...NOBODY, '--count', '2', '--interval', '1', '--json']);

  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  const documents = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(documents).toHaveLength(2);
  for (const document of documents) {
    expect(document).toMatchObject({ cluster: '127.0.0.1:1', error: expect.stringMatching(/refused/), lastRead: null });
  }
});

test('lag watch ends at once at Ctrl-C, with the exit code of its last poll', async () => {
  const script = join(ROOT, 'bin/lag.ts');
  const watch = spawn(process.execPath, [script, 'watch', ...NOBODY, '--interval', '3600']);
  const ended = once(watch, 'exit');
  let output = '';
  watch.stdout.on('data', (text) => {
    output += String(text);
  });
  await waitUntil('the first poll', () => /failed/.test(output));

  watch.kill('SIGINT');

  expect(await ended).toEqual([2, null]);
});

test.each([
  [['--interval', '0'], /seconds from 1 to 3600/],
  [['--window', '9'], /seconds from 10 to 3600/],
  [['--count', '1.5'], /whole number of polls above 0/],
  [['--bucket', 'b'], /--cluster-name is missing/],
  [['--bucket', 'b', '--history', 'f'], /cannot be used with option/],
  [['--history', '/nowhere/at/all'], /cannot be written.*ENOENT/],
  [['--history', '/'], /cannot be read/],
])('lag watch refuses %j before it connects to a broker', async (args, message) => {
  await expect(runCommand(equipWatch, [...NOBODY, ...args])).rejects.toThrow(message);
});

test('lag watch does not overwrite a file that holds something else', async () => {
  const file = join(folder, 'notes.txt');
  writeFileSync(file, 'notes');

  const refused = runCommand(equipWatch, [...NOBODY, '--history', file, '--count', '1']);

  await expect(refused).rejects.toThrow(/holds no history: .*name another, or delete it/);
  expect(readFileSync(file, 'utf8')).toBe('notes');
});
