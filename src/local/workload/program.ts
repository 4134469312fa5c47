/**
 * What all workload programs have in common, in any language: they report when they are ready, and
 * they end.
 */
import type { Child, ChildExit, ChildOptions } from '#local/process/child.ts';
import type { WorkloadReport } from './process.ts';

/** Above the time in which a program ends by itself. */
const STOP_GRACE_MS = 4_000;

/** A running program. */
export interface WorkloadProcess {
  readonly pid: number;
  /** A consumer's client id; its member in the group carries it. Absent for a producer. */
  readonly clientId?: string;
  /**
   * Resolves when a consumer has its first assignment, or a producer's first batch is acknowledged;
   * rejects when it ends before.
   */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<ChildExit>;
  /**
   * Ends it: a consumer leaves its group, a producer finishes its batch. Calling it again is
   * harmless.
   */
  stop(): Promise<void>;
}

/** A program that is to be started. */
export interface Program {
  /** Starts it; hands on the lines it writes. */
  readonly start: (onLine: NonNullable<ChildOptions['onLine']>) => Child;
  /** What it reports when it is ready. */
  readonly readyOn: WorkloadReport['event'];
  readonly onReport?: (message: WorkloadReport) => void;
}

/** Starts a program, and follows its reports. */
export function followProgram({ start, readyOn, onReport }: Program): WorkloadProcess {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const child = start((line, stream) => {
    if (stream !== 'stdout') return;
    const message = JSON.parse(line) as WorkloadReport;
    onReport?.(message);
    if (message.event === readyOn) resolve();
  });
  ready.catch(() => {}); // callers that wait get the error; no caller has to wait
  void child.exited.then((exit) =>
    reject(new Error(`${child.name} ended before it was ready: ${describeEnd(child, exit)}`)),
  );
  return { pid: child.pid, ready, exited: child.exited, stop: () => child.stop(STOP_GRACE_MS) };
}

const describeEnd = (child: Child, { code, signal }: ChildExit): string =>
  `${code === null ? signal : `exit code ${code}`}\n${child.tail().join('\n')}`;

/** Flags, one argument each: a value that starts with a dash is not read as a flag. */
export const toArgs = (flags: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
