/** The page of all metrics, made from the catalogue. */
import { table } from '../src/core/markdown.ts';
import { METRICS, type MetricName, NAMESPACE, seriesPer } from '../src/core/metrics.ts';

const HEADER = ['Metric', 'Unit', 'Dimensions', 'One for each', 'Tier', 'Meaning'];

/** `docs/metrics.md`, ending in a line feed. */
export function metricsPage(): string {
  const names = Object.keys(METRICS) as MetricName[];
  return `${[INTRODUCTION, table(HEADER, names.map(rowOf)), NOTES].join('\n\n')}\n`;
}

function rowOf(name: MetricName): string[] {
  const { unit, dimensions, tier, meaning } = METRICS[name];
  return [name, unit, dimensions.join(', '), seriesPer(name), tier, meaning];
}

const INTRODUCTION = `<!-- Made from src/core/metrics.ts by npm run docs. -->

# Metrics

Namespace \`${NAMESPACE}\`. CloudWatch bills each set of dimension values as a metric of its own, by the hour in which it gets data: the
column "One for each" says of what there is one. Tier is the least \`metricsTier\` that publishes it. A value that is not known is not
published: a series that ends says nothing about recovery.`;

const NOTES = `## Names

Dimension values are printable ASCII without spaces. Every other byte of a name, and \`%\`, is written as \`%XX\` of its UTF-8, an empty
name as \`%\`; \`decodeDimension\` gives the name back. What is longer than 1,024 characters then is cut and ends in a digest.`;
