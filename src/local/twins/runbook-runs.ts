import { createHash } from 'node:crypto';
import type { RunbookRuns, RunState } from '#core/ports.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';

/**
 * Stand-in for the state machine's executions, by name. Each starts once; the caller runs and ends
 * it.
 */
export class MemoryRuns implements RunbookRuns {
  readonly #started = new Map<string, AlarmEvent>();
  readonly #states = new Map<string, RunState>();
  readonly #onStart: (run: string, event: AlarmEvent) => void;

  constructor(onStart: (run: string, event: AlarmEvent) => void = () => {}) {
    this.#onStart = onStart;
  }

  /** The event of each started run, by its name, oldest first. */
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

  /** Records that a run began. */
  began(run: string): void {
    this.#states.set(run, { kind: 'running' });
  }

  /** Records that a run ended. */
  ended(run: string, atMs: number): void {
    this.#states.set(run, { kind: 'ended', atMs });
  }
}
