import { type DimensionName, METRICS, type Metric } from './catalogue.ts';

/** CloudWatch accepts values from −2^360 to 2^360. */
const LARGEST = 2 ** 360;
/** Most problems in one error: thousands of metrics may have the same one. */
const MAX_PROBLEMS = 20;

/**
 * Checks metrics against the catalogue and against what CloudWatch accepts. Every publisher calls
 * it first.
 *
 * @throws RangeError with the wrong metrics and their problems: dimensions that differ from the
 *   catalogue, no values, or a value that is not a finite number of at most 2^360
 */
export function checkMetrics(metrics: readonly Metric[]): void {
  const problems = metrics.flatMap(problemsOf);
  if (problems.length === 0) return;
  const more = problems.length - MAX_PROBLEMS;
  throw new RangeError([...problems.slice(0, MAX_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])].join('; '));
}

function problemsOf({ name, dimensions, values }: Metric): string[] {
  const problems: string[] = [];
  const expected: readonly DimensionName[] = METRICS[name].dimensions;
  const given = Object.keys(dimensions);
  if (given.length !== expected.length || !expected.every((dimension) => dimensions[dimension] !== undefined)) {
    problems.push(
      `metric ${name} has the dimensions ${given.join(', ') || 'none'}; the catalogue has ${expected.join(', ')}`,
    );
  }
  if (values.length === 0) problems.push(`metric ${name} has no values; leave it out`);
  // JSON has no such numbers. A null would silently drop the whole document of the metric.
  const wrong = values.find((value) => !Number.isFinite(value) || Math.abs(value) > LARGEST);
  if (wrong !== undefined) {
    problems.push(`metric ${name} has the value ${wrong}; only finite numbers up to 2^360 can be published`);
  }
  return problems;
}
