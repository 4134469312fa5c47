/** The error of a reconciliation. */
import { ERROR_NAMES, WatcherError } from '#core/errors.ts';
import type { Reconciliation } from './reconcile.ts';

/**
 * Some groups, services or alarms could not be reconciled. The next invocation checks all of them
 * again.
 */
export class ReconcileError extends WatcherError {
  /** What was done about the others, without what was skipped; for the log. */
  readonly done: readonly Reconciliation[];
  /** Contributors in ALARM that name no group. */
  readonly nameless: readonly string[];
  /** Lag alarms that CloudWatch could not evaluate completely. */
  readonly partial: readonly string[];

  constructor(
    failures: readonly string[],
    { done, nameless, partial }: Pick<ReconcileError, 'done' | 'nameless' | 'partial'>,
  ) {
    const counts = Map.groupBy(done, ({ action }) => action);
    const others = [...counts].map(([action, { length }]) => `${length} ${action}`).join(', ');
    const beside = others === '' ? 'there was nothing else to check' : `of the others ${others}`;
    super(ERROR_NAMES.reconcile, `${failures.length} could not be reconciled, ${beside}: ${failures.join('; ')}`);
    this.done = done.filter(({ action }) => action !== 'skipped');
    this.nameless = nameless;
    this.partial = partial;
  }
}
