/** The error of a reconciliation. */
import { ERROR_NAMES, WatcherError } from '#core/errors.ts';
import type { Reconciliation } from './reconcile.ts';

/** Some groups, services or alarms could not be reconciled; the others were. The next time looks at all of them anew. */
export class ReconcileError extends WatcherError {
  /** What was done about the others, without what was left as it is; for the log. */
  readonly done: readonly Reconciliation[];
  /** What is in ALARM and names no group. */
  readonly nameless: readonly string[];
  /** Lag alarms that CloudWatch could not evaluate whole. */
  readonly partial: readonly string[];

  constructor(
    failures: readonly string[],
    { done, nameless, partial }: Pick<ReconcileError, 'done' | 'nameless' | 'partial'>,
  ) {
    const counts = Map.groupBy(done, ({ did }) => did);
    const others = [...counts].map(([did, { length }]) => `${length} ${did}`).join(', ');
    const beside = others === '' ? 'nothing else was to be looked at' : `of the others ${others}`;
    super(ERROR_NAMES.reconcile, `${failures.length} could not be reconciled, ${beside}: ${failures.join('; ')}`, {
      retriable: true,
    });
    this.done = done.filter(({ did }) => did !== 'left');
    this.nameless = nameless;
    this.partial = partial;
  }
}
