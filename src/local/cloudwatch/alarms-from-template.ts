/**
 * Reads the alarms of a synthesized CloudFormation template, so that the stand evaluates what will
 * be deployed. An unknown property, function or value is an error that names the alarm.
 */

import { z } from 'zod';
import { present } from '#core/text/json.ts';
import { COMPARISONS, type Comparison, type Criterion, MISSING_DATA } from './evaluate-window.ts';
import { type InsightsQuery, parseInsightsQuery } from './metrics-insights.ts';
import { resourcesOf } from './template.ts';

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
/** A statistic of the observations of one period. */
export type Statistic = (typeof STATISTICS)[number];

/** What an alarm watches: each series of a query, or one metric. */
export type AlarmSource =
  | { readonly kind: 'insights'; readonly id: string; readonly expression: string; readonly query: InsightsQuery }
  | {
      readonly kind: 'metric';
      readonly namespace: string;
      readonly name: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly statistic: Statistic;
    };

/** An alarm as the template declares it. */
export interface AlarmDefinition extends Criterion {
  readonly logicalId: string;
  /** The AlarmName, or the logical id when CloudFormation chooses the name. */
  readonly name: string;
  readonly description?: string;
  /** As declared, before any time scale. */
  readonly periodSeconds: number;
  readonly source: AlarmSource;
  /** Logical ids of the actions of the alarm, in order. */
  readonly alarmActions: readonly string[];
}

/** Longest range of a Metrics Insights alarm, and of other alarms with periods under an hour. */
const INSIGHTS_RANGE_SECONDS = 3 * 3_600;
const METRIC_RANGE_SECONDS = 24 * 3_600;

const referenceSchema = z.union([
  z.strictObject({ Ref: z.string() }).transform((reference) => reference.Ref),
  z
    .strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .transform((reference) => reference['Fn::GetAtt'][0]),
]);
const periodSchema = z
  .number()
  .refine((seconds) => [10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0 && seconds <= 3_600), {
    error: 'must be 10, 20, 30 or a multiple of 60 up to 3600 seconds',
  });

const commonShape = {
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.literal(true).optional(),
  AlarmActions: z.array(referenceSchema).max(5).default([]),
  OKActions: z.array(referenceSchema).max(5).optional(),
  InsufficientDataActions: z.array(referenceSchema).max(5).optional(),
  ComparisonOperator: z.enum(Object.keys(COMPARISONS) as [Comparison, ...Comparison[]]),
  Threshold: z.number(),
  EvaluationPeriods: z.number().int().positive(),
  DatapointsToAlarm: z.number().int().positive().optional(),
  TreatMissingData: z.enum(MISSING_DATA).default('missing'),
  Tags: z.array(z.unknown()).optional(),
};

const metricAlarmSchema = z.strictObject({
  ...commonShape,
  Namespace: z.string(),
  MetricName: z.string(),
  // A reference is kept as it is: the stand has no metrics of resources that only a deployment
  // creates.
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.union([z.string(), referenceSchema]) })).default([]),
  Statistic: z.enum(STATISTICS),
  Period: periodSchema,
});

const insightsAlarmSchema = z.strictObject({
  ...commonShape,
  Metrics: z.tuple([
    z.strictObject({
      Id: z.string(),
      Expression: z.string(),
      Label: z.string().optional(),
      Period: periodSchema.refine((seconds) => seconds % 60 === 0, { error: 'must be whole minutes for a query' }),
      ReturnData: z.literal(true).optional(),
    }),
  ]),
});

type CommonProperties = Pick<z.infer<typeof metricAlarmSchema>, keyof typeof commonShape>;

/**
 * The alarms of a template, in its order.
 *
 * @throws Error that names the alarm and what is unknown: a type of alarm, a function, a query, a
 * property
 */
export function alarmsFromTemplate(template: unknown): AlarmDefinition[] {
  return resourcesOf(template).flatMap(({ logicalId, type, properties }) => {
    if (type === 'AWS::CloudWatch::Alarm') return [readAlarm(logicalId, properties)];
    if (/^AWS::CloudWatch::.*Alarm/.test(type)) throw refuse(logicalId, `${type} is an unknown type of alarm`);
    return [];
  });
}

const refuse = (logicalId: string, problem: string): Error =>
  new Error(`alarm ${logicalId} of the template is not understood: ${problem}`);

function readAlarm(logicalId: string, properties: unknown): AlarmDefinition {
  const isQuery = typeof properties === 'object' && properties !== null && 'Metrics' in properties;
  const alarm = isQuery ? readInsights(logicalId, properties) : readMetric(logicalId, properties);
  const { datapointsToAlarm: m, evaluationPeriods: n, periodSeconds, source } = alarm;
  if (m > n) throw refuse(logicalId, `DatapointsToAlarm ${m} is above EvaluationPeriods ${n}`);
  const longest = source.kind === 'insights' ? INSIGHTS_RANGE_SECONDS : METRIC_RANGE_SECONDS;
  if (n * periodSeconds > longest) {
    throw refuse(logicalId, `EvaluationPeriods × Period is ${n * periodSeconds} s; allowed are ${longest} s`);
  }
  return alarm;
}

function readInsights(logicalId: string, properties: unknown): AlarmDefinition {
  const parsed = check(logicalId, insightsAlarmSchema.safeParse(properties));
  const { Id: id, Expression: expression, Period: periodSeconds } = parsed.Metrics[0];
  const source = { kind: 'insights', id, expression, query: parseInsightsQuery(expression) } as const;
  return { ...common(logicalId, parsed), periodSeconds, source };
}

function readMetric(logicalId: string, properties: unknown): AlarmDefinition {
  const parsed = check(logicalId, metricAlarmSchema.safeParse(properties));
  const source = {
    kind: 'metric',
    namespace: parsed.Namespace,
    name: parsed.MetricName,
    dimensions: Object.fromEntries(parsed.Dimensions.map(({ Name, Value }) => [Name, Value])),
    statistic: parsed.Statistic,
  } as const;
  return { ...common(logicalId, parsed), periodSeconds: parsed.Period, source };
}

function check<T>(logicalId: string, result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  throw refuse(
    logicalId,
    result.error.issues.map((issue) => `${issue.path.join('.') || 'properties'}: ${issue.message}`).join('; '),
  );
}

function common(logicalId: string, properties: CommonProperties): Omit<AlarmDefinition, 'source' | 'periodSeconds'> {
  return {
    logicalId,
    name: properties.AlarmName ?? logicalId,
    ...present({ description: properties.AlarmDescription }),
    threshold: properties.Threshold,
    comparison: properties.ComparisonOperator,
    evaluationPeriods: properties.EvaluationPeriods,
    datapointsToAlarm: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
    treatMissingData: properties.TreatMissingData,
    alarmActions: properties.AlarmActions,
  };
}
