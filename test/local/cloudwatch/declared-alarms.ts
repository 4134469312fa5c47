/** Alarms as a template declares them. */

/** The query of the lag alarm of cluster `c`. */
export const QUERY =
  'SELECT MAX(LagRatio) FROM SCHEMA("MskLagWatcher", ClusterName, AlarmShard, ConsumerGroup) ' +
  "WHERE ClusterName = 'c' GROUP BY ConsumerGroup ORDER BY MAX() DESC";

/** Properties of an alarm on a query, as CDK synthesizes it. */
export const lagAlarm = {
  AlarmDescription: 'lag',
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  DatapointsToAlarm: 2,
  EvaluationPeriods: 3,
  Metrics: [{ Expression: QUERY, Id: 'expr_1', Period: 60, ReturnData: true }],
  Threshold: 1,
  TreatMissingData: 'notBreaching',
  AlarmActions: [{ Ref: 'Topic' }],
};

/** Properties of an alarm on one metric. */
export const heartbeatAlarm = {
  ComparisonOperator: 'LessThanThreshold',
  Dimensions: [{ Name: 'ClusterName', Value: 'c' }],
  EvaluationPeriods: 2,
  MetricName: 'Heartbeat',
  Namespace: 'MskLagWatcher',
  Period: 60,
  Statistic: 'Sum',
  Threshold: 1,
  TreatMissingData: 'breaching',
};
