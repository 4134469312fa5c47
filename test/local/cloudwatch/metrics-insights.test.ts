import { describe, expect, it } from 'vitest';
import { parseInsightsQuery } from '#local/cloudwatch/metrics-insights.ts';

const QUERY =
  'SELECT MAX(LagRatio) FROM SCHEMA("MskLagWatcher", ClusterName, ConsumerGroup) ' +
  "WHERE ClusterName = 'orders' GROUP BY ConsumerGroup ORDER BY MAX() DESC";

const PARSED = {
  fn: 'MAX',
  metricName: 'LagRatio',
  namespace: 'MskLagWatcher',
  dimensions: ['ClusterName', 'ConsumerGroup'],
  where: [{ dimension: 'ClusterName', value: 'orders' }],
  groupBy: ['ConsumerGroup'],
  orderBy: { fn: 'MAX', direction: 'DESC' },
};

describe('parseInsightsQuery', () => {
  it.each([
    ['the query of the lag alarm', QUERY, PARSED],
    ['a limit', `${QUERY} LIMIT 100`, { ...PARSED, limit: 100 }],
    ['no condition', QUERY.replace("WHERE ClusterName = 'orders' ", ''), { ...PARSED, where: [] }],
    [
      'two conditions',
      QUERY.replace('GROUP', "AND ConsumerGroup = 'a b' GROUP"),
      { ...PARSED, where: [...PARSED.where, { dimension: 'ConsumerGroup', value: 'a b' }] },
    ],
    [
      'two groups',
      QUERY.replace('BY ConsumerGroup', 'BY ConsumerGroup, ClusterName'),
      { ...PARSED, groupBy: ['ConsumerGroup', 'ClusterName'] },
    ],
    ['ascending order', QUERY.replace('DESC', 'ASC'), { ...PARSED, orderBy: { fn: 'MAX', direction: 'ASC' } }],
    ['order without a direction', QUERY.replace(' DESC', ''), { ...PARSED, orderBy: { fn: 'MAX', direction: 'ASC' } }],
    ['another function', QUERY.replace('MAX(LagRatio)', 'AVG(LagRatio)'), { ...PARSED, fn: 'AVG' }],
    ['keywords in lower case', QUERY.replace('SELECT MAX', 'select max').replace('FROM SCHEMA', 'from schema'), PARSED],
    [
      'quoted names',
      QUERY.replaceAll('ConsumerGroup', '"Consumer Group"'),
      { ...PARSED, dimensions: ['ClusterName', 'Consumer Group'], groupBy: ['Consumer Group'] },
    ],
    ['any white space', QUERY.replaceAll(' ', '\n  '), PARSED],
  ])('reads %s', (_, sql, expected) => {
    expect(parseInsightsQuery(sql)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['metric math', 'FILL(m1, 0)'],
    ['a namespace without SCHEMA', QUERY.replace(/SCHEMA\(.*?\)/, '"MskLagWatcher"')],
    ['no GROUP BY', QUERY.replace('GROUP BY ConsumerGroup ', '')],
    ['no ORDER BY', QUERY.replace(' ORDER BY MAX() DESC', '')],
    ['a percentile', QUERY.replace('MAX(LagRatio)', 'P99(LagRatio)')],
    ['two metrics', QUERY.replace('MAX(LagRatio)', 'MAX(LagRatio), MAX(Coverage)')],
    ['a comparison other than =', QUERY.replace(' = ', ' != ')],
    ['OR', QUERY.replace('GROUP', "OR ClusterName = 'b' GROUP")],
    ['parentheses', QUERY.replace("ClusterName = 'orders'", "(ClusterName = 'orders')")],
    ['a value in double quotes', QUERY.replace("'orders'", '"orders"')],
    ['an escaped quote', QUERY.replace("'orders'", "'or''ders'")],
    ['an open quote', QUERY.replace("orders'", 'orders')],
    ['a group that SCHEMA does not name', QUERY.replace('BY ConsumerGroup', 'BY Topic')],
    ['a condition on what SCHEMA does not name', QUERY.replace('WHERE ClusterName', 'WHERE Topic')],
    ['order by a metric', QUERY.replace('ORDER BY MAX()', 'ORDER BY MAX(LagRatio)')],
    ['a limit of 0', `${QUERY} LIMIT 0`],
    ['a limit above 500', `${QUERY} LIMIT 501`],
    ['more after the end', `${QUERY} LIMIT 5 FOO`],
    ['a comment', `${QUERY} -- all groups`],
  ])('refuses %s', (_, sql) => {
    expect(() => parseInsightsQuery(sql)).toThrow(/^unsupported Metrics Insights SQL: /);
  });
});
