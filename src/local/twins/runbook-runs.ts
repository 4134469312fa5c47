import { createHash } from 'node:crypto';
import type { RunbookRuns, RunState } from '#core/ports.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';

/** Twin of the state machine's executions, by name: each is started once. What a run is, and when it ends, the caller says. */
export class MemoryRuns implements RunbookRuns {
  readonly #started = new Map<string, AlarmEvent>();
  readonly #states = new Map<string, RunState>();
  readonly #onStart: (run: string, event: AlarmEvent) => void;

  constructor(onStart: (run: string, event: AlarmEvent) => void = () => {}) {
    this.#onStart = onStart;
  }

  /** What was started, oldest first: the events by the names of the runs. */
  get started(): ReadonlyMap<string, AlarmEvent> {
    return this.#started;
  }

  async start(key: string, event: AlarmEvent): Promise<{ kind: 'started' | 'exists'; run: string }> {
    const run = `reconcile-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
    if (this.#started.has(run)) return { kind: 'exists', run };
    const copy = structuredClone(event);
    this.#started.set(run, copy);
    this.began(run);
    this.#onStart(run, copy);
    return { kind: 'started', run };
  }

  async stateOf(run: string): Promise<RunState> {
    return this.#states.get(run) ?? { kind: 'unknown' };
  }

  /** A run begins, whoever started it. */
  began(run: string): void {
    this.#states.set(run, { kind: 'running' });
  }

  /** A run is over, however it ended. */
  ended(run: string, atMs: number): void {
    this.#states.set(run, { kind: 'ended', atMs });
  }
}
