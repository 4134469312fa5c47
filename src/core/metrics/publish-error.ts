/** The error of a publisher. */
import { ERROR_NAMES, WatcherError } from '#core/errors.ts';
import type { Metric, MetricName } from './catalogue.ts';

export interface PublishFailure {
  /** Metrics that were published for certain. */
  readonly published: number;
  /** Metrics that were sent, wholly or in part, without an answer that says whether they were taken. */
  readonly uncertain: readonly Metric[];
  /** Metrics of which at least a part was not published. */
  readonly unpublished: readonly Metric[];
  /** What the first failure said, and what can be done about it. */
  readonly reason: string;
  readonly cause: unknown;
}

/** Metrics were not published, or may not have been. Not to be tried again: those that were taken would count twice. */
export class PublishError extends WatcherError {
  readonly uncertain: readonly Metric[];
  readonly unpublished: readonly Metric[];

  constructor({ published, uncertain, unpublished, reason, cause }: PublishFailure) {
    const all = published + uncertain.length + unpublished.length;
    const maybe = uncertain.length === 0 ? '' : `, ${uncertain.length} may have been (${namesOf(uncertain)})`;
    const not = unpublished.length === 0 ? '' : `, ${unpublished.length} were not (${namesOf(unpublished)})`;
    super(ERROR_NAMES.publish, `of ${all} metrics ${published} were published${maybe}${not}: ${reason}`, cause);
    this.uncertain = uncertain;
    this.unpublished = unpublished;
  }
}

function namesOf(metrics: readonly Metric[]): string {
  const counts = new Map<MetricName, number>();
  for (const { name } of metrics) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}
