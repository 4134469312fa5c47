/** README command one, scenario by scenario, as people run it: each must end as expected. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runLag } from '#test/support/cli/run-lag.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { ROOT } from '#test/support/root.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const kafka = useKafka();
const folder = mkdtempSync(join(tmpdir(), 'lag-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Plays one scenario on the broker of this file; its lines and its report. */
async function play(scenario: string) {
  const run = await runLag(['demo', '--scenario', scenario, '--bootstrap', kafka().bootstrap, '--out', folder]);
  const file = /incident report: (.+)/.exec(run.stdout)?.[1] ?? '';
  return { ...run, report: existsSync(file) ? readFileSync(file, 'utf8') : '' };
}

/** Process ids of the children of a process. */
function childrenOf(parent: number): number[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (pid && ppid === parent ? [pid] : []));
}

describe('lag demo', () => {
  it('scenario 1: scales 2 → 8 for too few consumers, and proves that it helped', { timeout: 150_000 }, async () => {
    const { code, stdout, report } = await play('1');

    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/Real here: Kafka/);
    expect(stdout).toMatch(/Twins: CloudWatch/);
    expect(stdout).toMatch(/1 minute of schedule, alarms, waits and cooldowns passes in 3 s/);
    expect(stdout).toMatch(/poll {5}STATUS +RULE +LAG +AGE +PRODUCE\/S +CONSUME\/S +TIME-TO-DRAIN +MEMBERS\n/);
    expect(stdout).toMatch(/poll {5}\w+ +[\w-]+ +\d+ .* 2 +by partition \[.+\], Stable\n/);
    expect(stdout).toMatch(/alarm .*OK → ALARM/);
    expect(stdout).toMatch(/Diagnose: insufficient-consumers/);
    expect(stdout).toMatch(/Scale: .* set from 2 to 8 tasks/);
    expect(stdout).toMatch(/Converge: done: 8 tasks run/);
    expect(stdout).toMatch(/Verify: done/);
    expect(report).toMatch(/2 → 8 tasks by desired-count, verified/);
    expect(report).toContain('## Before and after');
  });

  it('scenario 3: scales nothing for a hot key, and says what to do', { timeout: 150_000 }, async () => {
    const { code, stdout, report } = await play('3');

    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/Diagnose: hot-partition, confidence high/);
    expect(stdout).not.toMatch(/runbook {2}Scale:/);
    expect(report).toMatch(/Nothing was changed\./);
    expect(report).toMatch(/hot-partition: .*nothing is scaled for this cause/);
    expect(report).toMatch(/Spread the key/);
  });

  it('leaves nothing behind on a broker that is not its own', async () => {
    const { stdout } = await runLag(['describe', '--bootstrap', kafka().bootstrap, '--json']);

    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('ends broker, producer and consumers at Ctrl-C', { timeout: 90_000 }, async () => {
    const script = join(ROOT, 'bin/lag.ts');
    const demo = spawn(process.execPath, [script, 'demo', '--scenario', '3', '--out', folder]);
    const ended = once(demo, 'exit');
    let output = '';
    demo.stdout.on('data', (text) => {
      output += String(text);
    });
    await waitUntil('two members in the group', () => / 2 +by partition \[.+\], Stable/.test(output), 60_000);
    const children = childrenOf(demo.pid ?? 0);
    demo.kill('SIGINT');
    await ended;

    // A broker, a producer and two consumers at least.
    expect(children.length).toBeGreaterThanOrEqual(4);
    await waitUntil('the end of all children', () => !children.some(isAlive));
  });

  it.each([
    [['--scenario', '7'], /"7" is not one of 1, 3/, 1],
    [['--bootstrap', '127.0.0.1:1'], /127\.0\.0\.1:1: connection refused/, 2],
    [['--out', '/dev/null'], /--out "\/dev\/null" is not a writable folder/, 1],
    [['--speed', '9'], /unknown option '--speed'/, 1],
  ])('refuses %j in one line', async (args, message, code) => {
    const run = await runLag(['demo', ...args]);

    expect(run.code).toBe(code);
    expect(run.stderr).toMatch(message);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });
});
