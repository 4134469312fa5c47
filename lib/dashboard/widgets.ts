/** Graphs of the metrics in the catalogue. */
import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type DimensionName, dimensionValue, METRICS, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';

/** Columns of a dashboard. */
export const COLUMNS = 24;
/** Series of a query. More of them cannot be distinguished in a graph. */
const MAX_SERIES = 10;
const GRAPH_HEIGHT = 6;
/** Most characters that CDK accepts in the value of a dimension. */
const MAX_VALUE = 255;

type Statistic = 'Minimum' | 'Maximum' | 'Average' | 'Sum';

/** The values of a metric that show trouble, where that is not only the largest one. */
const STATISTICS: Partial<Record<MetricName, readonly Statistic[]>> = {
  Coverage: ['Minimum'],
  Heartbeat: ['Sum'],
  GroupsRead: ['Minimum'],
  PartitionLag: ['Maximum', 'Average', 'Sum'],
  ProduceRate: ['Average'],
  ConsumeRate: ['Average'],
  TimeToDataLossSeconds: ['Minimum'],
  Rebalances: ['Sum'],
};

/** Whose metrics a graph shows. Values as Kafka spells them. */
export type DimensionValues = Readonly<Partial<Record<DimensionName, string>>>;

export interface GraphProps {
  /** At least one; all have the same unit. */
  readonly names: readonly MetricName[];
  readonly values: DimensionValues;
  /** Between two polls, so that a period has one value. */
  readonly period: Duration;
  /** In columns. */
  readonly width: number;
}

/** A graph of metrics; undefined where it cannot name one of the values. */
export function metricGraph(props: GraphProps): cloudwatch.GraphWidget | undefined {
  const series = props.names.map((name) => (isExact(name, props.values) ? exact(name, props) : queried(name, props)));
  if (series.includes(undefined)) return undefined;
  return graph(
    props.names.join(', '),
    series.flatMap((of) => of ?? []),
    props,
  );
}

/**
 * The highest series of a metric now, of all that have these values; undefined where it cannot name
 * one of the values.
 */
export function topGraph(name: MetricName, props: Omit<GraphProps, 'names'>): cloudwatch.GraphWidget | undefined {
  const series = queried(name, props);
  return series && graph(`${name}, the ${MAX_SERIES} highest`, series, { ...props, names: [name] });
}

type Valued = Pick<GraphProps, 'values' | 'period'>;

interface Series {
  readonly statistic: Statistic;
  readonly metric: cloudwatch.IMetric;
}

function graph(title: string, series: readonly Series[], { names, width }: GraphProps): cloudwatch.GraphWidget {
  // On one axis, a sum would flatten a maximum.
  const isApart = ({ statistic }: Series) => statistic === 'Sum' && series.length > 1;
  const limit = { value: 1, label: 'in alarm', color: cloudwatch.Color.RED };
  return new cloudwatch.GraphWidget({
    title,
    left: series.filter((of) => !isApart(of)).map(({ metric }) => metric),
    right: series.filter(isApart).map(({ metric }) => metric),
    leftYAxis: {
      label: [...new Set(names.map((name) => METRICS[name].unit))].join().replace('None', ''),
      showUnits: false,
    },
    leftAnnotations: names.includes('LagRatio') ? [limit] : [],
    width,
    height: GRAPH_HEIGHT,
  });
}

const isExact = (name: MetricName, values: DimensionValues): boolean =>
  METRICS[name].dimensions.every((dimension) => values[dimension] !== undefined);

function exact(name: MetricName, { values, period }: Valued): Series[] | undefined {
  const dimensions = given(name, values);
  // In the metrics of a graph, dots repeat the values of the metric before. CDK accepts fewer
  // characters than CloudWatch.
  if (dimensions.some(([, value]) => /^\.+$/.test(value) || value.length > MAX_VALUE)) return undefined;
  const dimensionsMap = Object.fromEntries(dimensions);
  return (STATISTICS[name] ?? (['Maximum'] as const)).map((statistic) => {
    const label = `${name} ${statistic}`;
    const metric = new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName: name,
      dimensionsMap,
      statistic,
      period,
      label,
    });
    return { statistic, metric };
  });
}

/**
 * A query over the dimensions without a value; undefined where it cannot hold one of the values.
 */
function queried(name: MetricName, { values, period }: Valued): Series[] | undefined {
  const where = given(name, values);
  // It is not documented how to escape a quote in a query.
  if (where.some(([, value]) => /['\\]/.test(value))) return undefined;
  const dimensions: readonly DimensionName[] = METRICS[name].dimensions;
  const open = dimensions.filter((dimension) => values[dimension] === undefined);
  const expression =
    `SELECT MAX(${name}) FROM SCHEMA("${NAMESPACE}", ${dimensions.join(', ')}) ` +
    `WHERE ${where.map(([dimension, value]) => `${dimension} = '${value}'`).join(' AND ')} ` +
    `GROUP BY ${open.includes('ConsumerGroup') ? 'ConsumerGroup' : open.join(', ')} ORDER BY MAX() DESC LIMIT ${MAX_SERIES}`;
  return [
    {
      statistic: 'Maximum',
      metric: new cloudwatch.MathExpression({ expression, usingMetrics: {}, period, label: '' }),
    },
  ];
}

/** The dimensions of a metric that have a value, as the watcher publishes them. */
const given = (name: MetricName, values: DimensionValues): [DimensionName, string][] =>
  METRICS[name].dimensions.flatMap((dimension: DimensionName): [DimensionName, string][] => {
    const value = values[dimension];
    return value === undefined ? [] : [[dimension, dimensionValue(value)]];
  });
