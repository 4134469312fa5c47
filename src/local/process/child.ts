/**
 * Child processes that never outlive this one.
 *
 * A parent that ends by itself, by an error, or by SIGINT, SIGTERM or SIGHUP takes its children
 * with it, and the folders that were theirs. Killed with SIGKILL it cannot: a child sees that as
 * the end of its standard input.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Lines of output kept for an error message. */
const TAIL_LINES = 40;
/** Time for children to end by themselves when a signal ends this process. */
const SIGNAL_GRACE_MS = 3_000;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** What people call it, in messages. */
  readonly name: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called for each line the child writes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** How a child ended: one of the two is null. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process is gone and its output is read; never rejects. */
  readonly exited: Promise<ChildExit>;
  /** The last lines of both outputs, oldest first. */
  tail(): readonly string[];
  /**
   * Ends it: SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. Calling it again is
   * harmless.
   */
  stop(graceMs: number): Promise<void>;
}

const running = new Set<Child>();
const folders = new Set<string>();
let hooked = false;

/**
 * Starts a process that is stopped with this one at the latest.
 *
 * Its standard input stays open for as long as this process lives, so a child may end itself when
 * that closes.
 * @throws when the command cannot be run at all
 */
export function startChild(options: ChildOptions): Child {
  hookExit();
  const child = spawn(options.command, [...options.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  child.on('error', () => {}); // said below: a process that cannot start has no pid
  child.stdin.on('error', () => {}); // the child may close it
  const pid = child.pid;
  if (pid === undefined) throw new Error(`cannot start ${options.name}: ${options.command} cannot be run`);
  const tail = collectLines(child, options.onLine);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const self: Child = {
    name: options.name,
    pid,
    exited,
    tail: () => tail,
    stop: (graceMs) => stop(child, exited, graceMs),
  };
  running.add(self);
  void exited.then(() => running.delete(self));
  return self;
}

/** Removes the folder when this process ends, unless `removeFolder` came first. */
export function removeFolderAtExit(folder: string): void {
  hookExit();
  folders.add(folder);
}

/** Removes a folder now, and no longer at the end. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

function collectLines(child: ChildProcess, onLine: ChildOptions['onLine']): readonly string[] {
  const tail: string[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    const input = child[stream];
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine?.(line, stream);
    });
  }
  return tail;
}

async function stop(child: ChildProcess, exited: Promise<ChildExit>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

function hookExit(): void {
  if (hooked) return;
  hooked = true;
  process.on('exit', killAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const onSignal = () => void endBySignal(signal, onSignal);
    process.on(signal, onSignal);
  }
}

/**
 * Stops the children, then ends this process as the signal would have, unless someone else handles
 * the signal too.
 */
async function endBySignal(signal: NodeJS.Signals, listener: () => void): Promise<void> {
  process.off(signal, listener); // a second signal ends at once
  await Promise.all([...running].map((child) => child.stop(SIGNAL_GRACE_MS)));
  killAll();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

/** Synchronous, for the last moment of this process. */
function killAll(): void {
  for (const child of running) {
    try {
      process.kill(child.pid, 'SIGKILL');
    } catch {
      // already gone
    }
  }
  for (const folder of [...folders]) removeFolder(folder);
}
