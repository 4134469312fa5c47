/** A broker never outlives the process that started it, however that one ends; and says why when it cannot start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { javaMajor } from '#local/process/jars.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const SCRIPT = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url));
const parents: ChildProcess[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
});

test.each([
  ['SIGINT', []],
  ['SIGTERM', []],
  ['SIGHUP', []],
  ['SIGKILL', []],
  ['SIGTERM', ['2.8.2']],
  ['SIGKILL', ['2.8.2']],
] as const)(
  '%s to the parent leaves no broker and no data folder %j',
  async (signal, version) => {
    const { parent, pids, dataDir } = await startParent('wait', ...version);
    // With ZooKeeper there are two.
    expect(pids.map(isAlive)).toEqual([true, ...version.map(() => true)]);
    expect(existsSync(dataDir)).toBe(true);

    parent.kill(signal);

    expect(await endOf(parent)).toEqual({ code: null, signal });
    await waitUntil('the broker is gone', () => !pids.some(isAlive));
    await waitUntil('the data folder is gone', () => !existsSync(dataDir));
  },
  60_000,
);

test.each([
  ['throw', 1, []],
  ['return', 0, []],
  ['throw', 1, ['2.8.2']],
  ['return', 0, ['2.8.2']],
] as const)(
  'a parent that ends by %s (%d) leaves no broker and no data folder %j',
  async (how, code, version) => {
    const { parent, pids, dataDir } = await startParent(how, ...version);

    expect(await endOf(parent)).toEqual({ code, signal: null });
    await waitUntil('the broker is gone', () => !pids.some(isAlive));
    expect(existsSync(dataDir)).toBe(false);
  },
  60_000,
);

test('without Java the error says what to install and how to do without', async () => {
  const { stderr, code } = await runWithTools([]);

  expect(code).toBe(1);
  expect(stderr).toContain('install a Java runtime 17 or later');
  expect(stderr).toContain('--bootstrap host:port');
});

test('without Maven the error says what to install and how to do without', async () => {
  const { stderr, code } = await runWithTools(['java', 'dirname', 'uname', 'readlink', 'sed', 'ls', 'expr', 'sh']);

  expect(code).toBe(1);
  expect(stderr).toContain('install Maven 3 or later');
  expect(stderr).toContain('--bootstrap host:port');
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_292"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['nothing of the kind', undefined],
])('javaMajor of %j', (output, major) => {
  expect(javaMajor(output)).toBe(major);
});

/** Starts a parent, and waits until its broker runs. */
async function startParent(...args: string[]) {
  const parent = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  parents.push(parent);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: parent.stdout }).once('line', resolve);
    parent.once('exit', (code) => reject(new Error(`the parent ended with ${code} before its broker ran`)));
  });
  const { pids, dataDir }: { pids: number[]; dataDir: string } = JSON.parse(line);
  return { parent, pids, dataDir };
}

function endOf(parent: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (parent.exitCode !== null || parent.signalCode !== null) {
    return Promise.resolve({ code: parent.exitCode, signal: parent.signalCode });
  }
  return new Promise((resolve) => parent.once('exit', (code, signal) => resolve({ code, signal })));
}

/** Runs the same process with an empty cache, and a path that holds these programs alone. */
async function runWithTools(tools: readonly string[]): Promise<{ stderr: string; code: number | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'lag-path-'));
  try {
    const path = (process.env.PATH ?? '').split(':');
    for (const tool of tools) {
      const found = path.map((entry) => join(entry, tool)).find(existsSync);
      if (found !== undefined) await symlink(found, join(folder, tool));
    }
    const { JAVA_HOME: _home, ...env } = process.env;
    const child = spawn(process.execPath, [SCRIPT, 'return'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...env, PATH: folder, MSK_LAG_WATCHER_CACHE: join(folder, 'cache') },
    });
    parents.push(child);
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { stderr, code };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
