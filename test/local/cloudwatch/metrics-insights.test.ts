import { describe, expect, it } from 'vitest';
import { parseInsightsQuery } from '#local/cloudwatch/metrics-insights.ts';

const QUERY =
  'SELECT MAX(LagRatio) FROM SCHEMA("MskLagWatcher", ClusterName, ConsumerGroup) ' +
  "WHERE ClusterName = 'orders' GROUP BY ConsumerGroup ORDER BY MAX() DESC";

const PARSED = {
  metricName: 'LagRatio',
  namespace: 'MskLagWatcher',
  dimensions: ['ClusterName', 'ConsumerGroup'],
  where: [{ dimension: 'ClusterName', value: 'orders' }],
  groupBy: ['ConsumerGroup'],
};

describe('parseInsightsQuery', () => {
  it.each([
    ['the query of the lag alarm', QUERY, PARSED],
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
  ])('reads %s', (_, sql, expected) => {
    expect(parseInsightsQuery(sql)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['metric math', 'FILL(m1, 0)'],
    ['a namespace without SCHEMA', QUERY.replace(/SCHEMA\(.*?\)/, '"MskLagWatcher"')],
    ['no condition', QUERY.replace("WHERE ClusterName = 'orders' ", '')],
    ['no GROUP BY', QUERY.replace('GROUP BY ConsumerGroup ', '')],
    ['no ORDER BY', QUERY.replace(' ORDER BY MAX() DESC', '')],
    ['another function', QUERY.replace('MAX(LagRatio)', 'AVG(LagRatio)')],
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
    ['ascending order', QUERY.replace('DESC', 'ASC')],
    ['a limit', `${QUERY} LIMIT 100`],
    ['a comment', `${QUERY} -- all groups`],
  ])('refuses %s', (_, sql) => {
    expect(() => parseInsightsQuery(sql)).toThrow(/^unsupported Metrics Insights SQL: /);
  });
});
