import { ERROR_NAMES, WatcherError } from '#core/errors.ts';
import type { Metric, MetricName } from './catalogue.ts';

/** The details of a `PublishError`. */
export interface PublishFailure {
  /** Count of metrics that were certainly published. */
  readonly published: number;
  /** Metrics that were sent at least in part, without an answer. */
  readonly uncertain: readonly Metric[];
  /** Metrics that were not published at least in part. */
  readonly unpublished: readonly Metric[];
  /** Reason of the first failure, and how to fix it. */
  readonly reason: string;
  readonly cause: unknown;
}

/** Metrics were not published, or perhaps not. A retry would count published ones twice. */
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
