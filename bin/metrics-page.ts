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

The namespace is \`${NAMESPACE}\`. CloudWatch bills each set of dimension values as a metric of its own, by the hour in
which it gets data. The column "One for each" says how many there are.

A tier is a value of \`metricsTier\`: the column "Tiers" has those that publish the metric. With a \`seriesBudget\`,
groups for which there is no room get fewer metrics than the tier has. \`LagRatio\` of every group comes first.

An unknown value is not published. A series that ends says nothing about recovery.`;

const NOTES = `## Names

Dimension values are printable ASCII without spaces. Every other byte of a name, and \`%\`, is written as \`%XX\` of its
UTF-8. An empty name is \`%\`. \`decodeDimension\` returns the name. A value of more than 1,024 characters is cut and
ends in a digest.

## How they get to CloudWatch

\`metricsSink\` is \`emf\` or \`put-metric-data\`. Both publish the same numbers, with the time of the poll's reading.

- \`emf\`: log lines in CloudWatch's embedded metric format. They need no way out of the VPC. A document has at most 100
  metrics and 100 values of one; longer lists are several documents of one time. CloudWatch Logs delivers at least once.
- \`put-metric-data\`: calls of the API PutMetricData. The subnets need a way to it: an interface endpoint for
  \`monitoring\`, or a NAT gateway. A call has at most 1,000 metrics, 1 MB and 150 distinct values of one metric (equal
  values are sent once, with their count); longer lists are several calls of one time. A call is repeated only if
  CloudWatch certainly did not take it, because it was throttled or never arrived: a second copy would double \`Sum\` and
  \`SampleCount\`. Any other failure fails the poll, and its error says how many metrics were published, how many were
  not, and how many may have been.`;
