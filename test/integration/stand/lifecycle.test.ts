/**
 * A broker never outlives the process that started it, however that process ends; a broker that
 * cannot start says why.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, type TestContext, test } from 'vitest';
import { javaMajor } from '#local/process/jars.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const SCRIPT = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url));
const START_MS = 60_000;

/** Processes of a cluster: with the older Kafka a ZooKeeper runs, too. */
const PROCESSES = { newest: 1, '2.8.2': 2 } as const;

test.concurrent.for([
  { signal: 'SIGINT', kafka: 'newest' },
  { signal: 'SIGTERM', kafka: 'newest' },
  { signal: 'SIGHUP', kafka: 'newest' },
  { signal: 'SIGKILL', kafka: 'newest' },
  { signal: 'SIGTERM', kafka: '2.8.2' },
  { signal: 'SIGKILL', kafka: '2.8.2' },
] as const)(
  '$signal to the parent ends Kafka $kafka and removes its data folder',
  { timeout: START_MS },
  async ({ signal, kafka }, context) => {
    const { parent, pids, dataDir } = await startParent(context, 'wait', kafka);
    expect(pids.map(isAlive)).toEqual(Array(PROCESSES[kafka]).fill(true));
    expect(existsSync(dataDir)).toBe(true);

    parent.kill(signal);

    expect(await endOf(parent)).toEqual({ code: null, signal });
    await waitUntil('the broker is gone', () => !pids.some(isAlive));
    await waitUntil('the data folder is gone', () => !existsSync(dataDir));
  },
);

test.concurrent.for([
  { end: 'throw', code: 1, kafka: 'newest' },
  { end: 'return', code: 0, kafka: 'newest' },
  { end: 'throw', code: 1, kafka: '2.8.2' },
  { end: 'return', code: 0, kafka: '2.8.2' },
] as const)(
  'a parent that ends by $end ends Kafka $kafka and removes its data folder',
  { timeout: START_MS },
  async ({ end, code, kafka }, context) => {
    const { parent, pids, dataDir } = await startParent(context, end, kafka);

    expect(await endOf(parent)).toEqual({ code, signal: null });
    await waitUntil('the broker is gone', () => !pids.some(isAlive));
    expect(existsSync(dataDir)).toBe(false);
  },
);

test('without Java the error says what to install and how to do without', async (context) => {
  const { stderr, code } = await runWithTools(context, []);

  expect(code).toBe(1);
  expect(stderr).toContain('install a Java runtime 17 or later');
  expect(stderr).toContain('--bootstrap host:port');
});

test('without Maven the error says what to install and how to do without', async (context) => {
  const tools = ['java', 'dirname', 'uname', 'readlink', 'sed', 'ls', 'expr', 'sh'];
  const { stderr, code } = await runWithTools(context, tools);

  expect(code).toBe(1);
  expect(stderr).toContain('install Maven 3 or later');
  expect(stderr).toContain('--bootstrap host:port');
});

test.each([
  { output: 'openjdk version "17.0.15" 2025-04-15', major: 17 },
  { output: 'java version "1.8.0_292"', major: 8 },
  { output: 'openjdk version "21" 2023-09-19', major: 21 },
  { output: 'nothing of the kind', major: undefined },
])('javaMajor of $output is $major', ({ output, major }) => {
  expect(javaMajor(output)).toBe(major);
});

type Cleanup = Pick<TestContext, 'onTestFinished'>;

/** Starts a parent, and waits until its broker runs. */
async function startParent({ onTestFinished }: Cleanup, end: string, kafka: string) {
  const parent = spawn(process.execPath, [SCRIPT, end, kafka], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
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
async function runWithTools({ onTestFinished }: Cleanup, tools: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'lag-path-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = (process.env.PATH ?? '').split(':');
  for (const tool of tools) {
    const found = path.map((entry) => join(entry, tool)).find(existsSync);
    if (found !== undefined) await symlink(found, join(folder, tool));
  }
  const { JAVA_HOME: _home, ...env } = process.env;
  const child = spawn(process.execPath, [SCRIPT, 'return', 'newest'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...env, PATH: folder, MSK_LAG_WATCHER_CACHE: join(folder, 'cache') },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { stderr, code };
}
