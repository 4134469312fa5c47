/**
 * Plays minutes of data through an alarm of the synthesized stack, unchanged or with one property
 * changed.
 */
import { dimensionValue, METRICS, NAMESPACE } from '#core/metrics/catalogue.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '#local/cloudwatch/evaluate-alarms.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { type InsightsQuery, parseInsightsQuery } from '#local/cloudwatch/metrics-insights.ts';
import { resourcesOf } from '#local/cloudwatch/template.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const PLACE = { account: '111122223333', region: 'eu-west-1' };

/** Properties of an alarm as CDK synthesizes it. */
export type AlarmProperties = Readonly<Record<string, unknown>>;

/** A change of the properties. @throws Error when there is nothing to change */
export type Change = (properties: AlarmProperties) => AlarmProperties;

/**
 * A series with its values from minute 0 on. `-` is a minute without data, `1+2` has two values.
 */
export interface Played {
  readonly namespace?: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly minutes: string;
}

/** Properties of the alarm of that name. @throws Error when the template has none */
export function propertiesOf(template: unknown, alarmName: string): AlarmProperties {
  const alarms = resourcesOf(template).filter(({ type }) => type === 'AWS::CloudWatch::Alarm');
  const found = alarms.map(({ properties }) => properties as AlarmProperties);
  const alarm = found.find((properties) => properties.AlarmName === alarmName);
  if (alarm === undefined) throw new Error(`the template has no alarm ${alarmName}`);
  return alarm;
}

/** The changed property, why it matters, the change, and the result. */
export type Scenario = readonly [property: string, why: string, change: Change, expected: readonly string[]];

/** Properties that do not affect an alarm's state. */
const WORDS = ['AlarmName', 'AlarmDescription', 'AlarmActions'];

/** Names of the properties that affect an alarm's state. */
export const decidingProperties = (properties: AlarmProperties): Set<string> =>
  new Set(Object.keys(properties).filter((property) => !WORDS.includes(property)));

/** Replaces an existing value. */
export const set =
  (property: string, value: unknown): Change =>
  (properties) => {
    if (!(property in properties)) throw new Error(`the alarm has no property ${property}`);
    if (JSON.stringify(properties[property]) === JSON.stringify(value)) throw new Error(`${property} is that already`);
    return { ...properties, [property]: value };
  };

/** Applies changes in order. */
export const all =
  (...changes: readonly Change[]): Change =>
  (properties) =>
    changes.reduce((changed, change) => change(changed), properties);

const queryOf = (properties: AlarmProperties): { Expression: string; Period: number } => {
  const [query] = properties.Metrics as { Expression: string; Period: number }[];
  if (query === undefined) throw new Error('the alarm has no query');
  return query;
};

/** Replaces a part of the query's text, which must exist. */
export const inQuery =
  (from: string | RegExp, to: string): Change =>
  (properties) => {
    const query = queryOf(properties);
    const Expression = query.Expression.replace(from, to);
    if (Expression === query.Expression) throw new Error(`${from} is not in the query ${query.Expression}`);
    return { ...properties, Metrics: [{ ...query, Expression }] };
  };

/** Sets the period of a query. */
export const queryPeriod =
  (Period: number): Change =>
  (properties) => ({ ...properties, Metrics: [{ ...queryOf(properties), Period }] });

/** The parsed query of an alarm. */
export const readQuery = (properties: AlarmProperties): InsightsQuery =>
  parseInsightsQuery(queryOf(properties).Expression);

/** Dimensions of a group's LagRatio that match the query. */
export function ratioDimensions(query: InsightsQuery, group: string): Record<string, string> {
  return Object.fromEntries(
    METRICS.LagRatio.dimensions.map((name: string) => {
      const value = name === 'ConsumerGroup' ? group : query.where.find((each) => each.dimension === name)?.value;
      if (value === undefined) throw new Error(`the query says nothing of ${name}`);
      return [name, dimensionValue(value)];
    }),
  );
}

/**
 * Plays the series. Returns changes as `NAME: FROM>TO @minute`; NAME is `alarm` or a contributor's
 * values.
 */
export function play(properties: AlarmProperties, played: readonly Played[], minutes: number): string[] {
  let nowMs = START;
  const metrics = new MemoryCloudWatch({ nowMs: () => nowMs });
  const alarms = alarmsFromTemplate({
    Resources: { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } },
  });
  const evaluator = new AlarmEvaluator({ alarms, metrics, place: PLACE });
  const changes = [];
  for (let minute = 0; minute <= minutes; minute++) {
    nowMs = START + minute * MINUTE_MS;
    changes.push(...evaluator.evaluate(nowMs));
    for (const series of played) {
      const drawn = series.minutes.split(' ')[minute] ?? '-';
      if (drawn === '-') continue;
      const { namespace = NAMESPACE, name, dimensions } = series;
      metrics.put([{ namespace, name, dimensions, atMs: nowMs, values: drawn.split('+').map(Number) }]);
    }
  }
  const isQuery = alarms[0]?.source.kind === 'insights';
  return changes
    .filter(({ contributor }) => isQuery === (contributor !== undefined))
    .toSorted((a, b) => a.atMs - b.atMs || (nameOf(a.contributor) < nameOf(b.contributor) ? -1 : 1))
    .map(({ contributor, from, to, atMs }) => {
      return `${nameOf(contributor)}: ${from}>${to} @${(atMs - START) / MINUTE_MS}`;
    });
}

const nameOf = (contributor: Readonly<Record<string, string>> | undefined): string =>
  contributor === undefined ? 'alarm' : Object.values(contributor).join('/');

/**
 * Dimensions as the stand has them: logical ids stand for resources that only a deployment creates.
 */
export function dimensionsOf({ Dimensions }: AlarmProperties): Record<string, string> {
  const dimensions = Dimensions as { Name: string; Value: { Ref?: string; 'Fn::GetAtt'?: [string, string] } }[];
  return Object.fromEntries(
    dimensions.map(({ Name, Value }) => {
      const logicalId = Value.Ref ?? Value['Fn::GetAtt']?.[0];
      if (logicalId === undefined) throw new Error(`dimension ${Name} refers to no resource`);
      return [Name, logicalId];
    }),
  );
}
