/** The page of all metrics, made from the catalogue. */

import { tiersOf } from '#core/cost/series-plan.ts';
import { METRICS, METRICS_TIERS, type MetricName, NAMESPACE, seriesPer } from '#core/metrics/catalogue.ts';
import { table } from '#core/text/markdown.ts';

const HEADER = ['Metric', 'Unit', 'Dimensions', 'One for each', 'Tiers', 'Meaning'];

/** `docs/metrics.md`, ending in a line feed. */
export function metricsPage(): string {
  const names = Object.keys(METRICS) as MetricName[];
  return `${[INTRODUCTION, table(HEADER, names.map(rowOf)), NOTES].join('\n\n')}\n`;
}

function rowOf(name: MetricName): string[] {
  const { unit, dimensions, meaning } = METRICS[name];
  const tiers = tiersOf(name);
  const published = tiers.length === METRICS_TIERS.length ? 'every' : tiers.join(', ');
  return [name, unit, dimensions.join(', '), seriesPer(name), published, meaning];
}

const INTRODUCTION = `<!-- Made from src/core/metrics/catalogue.ts by npm run docs. -->

# Metrics

Namespace \`${NAMESPACE}\`. CloudWatch bills each set of dimension values as a metric of its own, by the hour in which it gets data: the
column "One for each" says of what there is one. Tiers are the values of \`metricsTier\` that publish it. A value that is not known is not
published: a series that ends says nothing about recovery. With \`seriesBudget\` groups for which there is no room get less than the tier
has; \`LagRatio\` of every group goes before anything else of one.`;

const NOTES = `## Names

Dimension values are printable ASCII without spaces. Every other byte of a name, and \`%\`, is written as \`%XX\` of its UTF-8, an empty
name as \`%\`; \`decodeDimension\` gives the name back. What is longer than 1,024 characters then is cut and ends in a digest.

## How they get to CloudWatch

\`metricsSink\` is \`emf\` (lines of log in CloudWatch's embedded metric format, no way out of the VPC needed) or \`put-metric-data\` (calls
of the API PutMetricData). Both give the same numbers. All values of a poll carry the time of its reading.

- EMF: a document has at most 100 metrics and 100 values of one; longer lists are several documents of one time. CloudWatch Logs
  delivers at least once.
- PutMetricData: a call has at most 1,000 metrics, 1 MB and 150 distinct values of one metric (equal values are sent once, with their
  count); longer lists are several of one time. A call is repeated only where CloudWatch surely did not take it, when it was throttled
  or never reached: a second copy would double \`Sum\` and \`SampleCount\`. Any other failure fails the poll, which says how many
  metrics were published, were not, and may have been. The subnets need a way to the API: an interface endpoint for \`monitoring\`, or a
  NAT gateway.`;
