/** What every RunbookRuns does: Step Functions behind its client and the twin alike. */
import { describe, expect, it } from 'vitest';
import type { RunbookRuns } from '#core/ports.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';
import { alarmEvent } from '#test/support/runbook/runbook-world.ts';

export interface RunsStand {
  readonly runs: RunbookRuns;
  /** Events of the runs that were started, oldest first, by their names. */
  readonly started: () => ReadonlyMap<string, AlarmEvent>;
  /** An event starts a run of this name. */
  readonly begin: (run: string) => void;
  readonly end: (run: string, atMs: number) => void;
}

/** Runs the contract; `make` gives a stand on which nothing was started. */
export function runbookRunsContract(name: string, make: () => RunsStand): void {
  describe(`RunbookRuns, ${name}`, () => {
    it('starts a run with the event, and returns its name', async () => {
      const { runs, started } = make();
      const event = alarmEvent('a "group" of größe');

      const { kind, run } = await runs.start('key', event);

      expect(kind).toBe('started');
      expect(started()).toEqual(new Map([[run, event]]));
    });

    it('starts one run for a key, however often it is asked, and whatever the event says', async () => {
      const { runs, started } = make();
      const first = await runs.start('key', alarmEvent('one'));

      expect(await runs.start('key', alarmEvent('two'))).toEqual({ kind: 'exists', run: first.run });
      expect([...started().values()]).toEqual([alarmEvent('one')]);
    });

    it('starts one run of several that are asked for at once', async () => {
      const { runs, started } = make();
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, i) => runs.start('key', alarmEvent(`group ${i}`))),
      );

      expect(answers.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      expect(started().size).toBe(1);
    });

    it('returns whether a run goes on, or when it ended, also for a run that an event started', async () => {
      const { runs, begin, end } = make();
      const { run } = await runs.start('key', alarmEvent());
      begin('by-event');
      end('by-event', 1_700_000_000_000);

      expect(await runs.stateOf(run)).toEqual({ kind: 'running' });
      expect(await runs.stateOf('by-event')).toEqual({ kind: 'ended', atMs: 1_700_000_000_000 });
      expect(await runs.stateOf('nobody')).toEqual({ kind: 'unknown' });
    });

    it('accepts any key, and keeps keys apart', async () => {
      const { runs, started } = make();
      const keys = ['', ' ', 'x'.repeat(40_000), 'größe', '"quoted"', '"Quoted"', '\u0000'];
      for (const key of keys) await runs.start(key, alarmEvent());

      expect(started().size).toBe(keys.length);
    });
  });
}
