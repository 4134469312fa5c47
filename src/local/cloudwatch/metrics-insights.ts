/**
 * Reads the one CloudWatch Metrics Insights query that the project writes: that of the lag alarms
 * (lib/alarms/lag-alarms.ts).
 *
 * Everything else is an error: a half-understood query would give a half-right alarm.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */

/** The maximum of a metric for each group of series, the largest first. */
export interface InsightsQuery {
  readonly metricName: string;
  readonly namespace: string;
  /** Only metrics with exactly these dimension names take part. */
  readonly dimensions: readonly string[];
  /** All must hold; at least one. */
  readonly where: readonly { readonly dimension: string; readonly value: string }[];
  /** At least one: each combination of values is a series of its own. */
  readonly groupBy: readonly string[];
}

const QUERY =
  /^SELECT MAX\((?<metricName>\w+)\) FROM SCHEMA\("(?<namespace>[^"]+)", (?<dimensions>\w+(?:, \w+)*)\) WHERE (?<where>\w+ = '[^']*'(?: AND \w+ = '[^']*')*) GROUP BY (?<groupBy>\w+(?:, \w+)*) ORDER BY MAX\(\) DESC$/;
const CONDITION = /(\w+) = '([^']*)'/g;

/** Reads a query. @throws Error `unsupported Metrics Insights SQL: …` on any other query */
export function parseInsightsQuery(sql: string): InsightsQuery {
  const parts = QUERY.exec(sql)?.groups;
  if (parts === undefined) throw refuse(sql, 'it is not written as the query of the lag alarms');
  const { metricName = '', namespace = '', dimensions = '', where = '', groupBy = '' } = parts;
  const query = {
    metricName,
    namespace,
    dimensions: dimensions.split(', '),
    where: [...where.matchAll(CONDITION)].map(([, dimension = '', value = '']) => ({ dimension, value })),
    groupBy: groupBy.split(', '),
  };
  for (const name of [...query.groupBy, ...query.where.map(({ dimension }) => dimension)]) {
    if (!query.dimensions.includes(name)) throw refuse(sql, `${name} is not a dimension of SCHEMA`);
  }
  return query;
}

const refuse = (sql: string, problem: string): Error =>
  new Error(`unsupported Metrics Insights SQL: ${problem}: ${JSON.stringify(sql)}`);
