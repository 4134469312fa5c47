/**
 * The stand evaluates the lag alarm of the template: the same metrics lead to other states when one
 * property changes. `synthesized-alarms.test.ts` has the other alarms.
 */
import { describe, expect, it } from 'vitest';
import { lagAlarmNames } from '#lib/index.ts';
import { exampleTemplate } from '#test/support/stack/synth.ts';
import {
  decidingProperties,
  inQuery,
  type Played,
  play,
  propertiesOf,
  queryPeriod,
  ratioDimensions,
  readQuery,
  type Scenario,
  set,
} from './alarm-stand.ts';

const CLUSTER = 'orders';

describe('the lag alarm', () => {
  const properties = propertiesOf(exampleTemplate(), lagAlarmNames(CLUSTER, 1)[0] as string);
  const query = readQuery(properties);
  const ofGroup = (group: string) => ratioDimensions(query, group);
  const minutes = (value: string) => Array(13).fill(value).join(' ');
  const PLAYED: readonly Played[] = [
    { name: 'LagRatio', dimensions: ofGroup('g'), minutes: '0 1+0 3+0 0 3+0 0 0 0 0 0 0 0 0' },
    { name: 'LagRatio', dimensions: ofGroup('near'), minutes: minutes('0.6+0.6') },
    { name: 'LagRatio', dimensions: { ...ofGroup('theirs'), ClusterName: 'payments' }, minutes: minutes('5') },
    { name: 'TimeLagSeconds', dimensions: ofGroup('aged'), minutes: minutes('5') },
    { name: 'LagRatio', namespace: 'Another', dimensions: ofGroup('foreign'), minutes: minutes('5') },
    { name: 'LagRatio', dimensions: { ...ofGroup('by-topic'), Topic: 't' }, minutes: minutes('5') },
  ];
  const MINUTES = 13;
  const UNTOUCHED = ['g: OK>ALARM @5', 'g: ALARM>OK @7'];

  const SCENARIOS: readonly Scenario[] = [
    ['Threshold', 'the 1 of minute 1 is below it', set('Threshold', 2), []],
    ['ComparisonOperator', 'at the threshold is not above it', set('ComparisonOperator', 'GreaterThanThreshold'), []],
    [
      'EvaluationPeriods',
      'a wider window contains the three for longer',
      set('EvaluationPeriods', 6),
      ['g: OK>ALARM @5', 'g: ALARM>OK @8'],
    ],
    ['EvaluationPeriods', 'a window of three has a good minute among them', set('EvaluationPeriods', 3), []],
    [
      'DatapointsToAlarm',
      'two are enough, and the window contains two for longer',
      set('DatapointsToAlarm', 2),
      ['g: OK>ALARM @3', 'g: ALARM>OK @8'],
    ],
    ['DatapointsToAlarm', 'there are never four', set('DatapointsToAlarm', 4), []],
    [
      'TreatMissingData',
      'missing points breach',
      set('TreatMissingData', 'breaching'),
      ['g: OK>ALARM @1', 'near: OK>ALARM @1', 'near: ALARM>OK @3', 'g: ALARM>OK @7'],
    ],
    [
      'Metrics',
      'period: the worst of two minutes counts for both',
      queryPeriod(120),
      ['g: OK>ALARM @6', 'g: ALARM>OK @12'],
    ],
    [
      'Metrics',
      'metric: another one of the same dimensions',
      inQuery('MAX(LagRatio)', 'MAX(TimeLagSeconds)'),
      ['aged: OK>ALARM @3'],
    ],
    ['Metrics', 'namespace', inQuery('"MskLagWatcher"', '"Another"'), ['foreign: OK>ALARM @3']],
    [
      'Metrics',
      'SCHEMA: only series with exactly its dimensions take part',
      inQuery('ConsumerGroup)', 'ConsumerGroup, Topic)'),
      ['by-topic: OK>ALARM @3'],
    ],
    [
      'Metrics',
      'WHERE: the groups of another cluster',
      inQuery(`ClusterName = '${CLUSTER}'`, "ClusterName = 'payments'"),
      ['theirs: OK>ALARM @3'],
    ],
    [
      'Metrics',
      'GROUP BY: all groups are one contributor',
      inQuery('GROUP BY ConsumerGroup', 'GROUP BY ClusterName'),
      [`${CLUSTER}: OK>ALARM @5`, `${CLUSTER}: ALARM>OK @7`],
    ],
  ];

  it('goes off for the group that was behind in three of five minutes', () => {
    expect(play(properties, PLAYED, MINUTES)).toEqual(UNTOUCHED);
  });

  it.each(SCENARIOS)('%s: %s', (_, _why, change, expected) => {
    expect(play(change(properties), PLAYED, MINUTES)).toEqual(expected);
    expect(expected).not.toEqual(UNTOUCHED);
  });

  it('has no deciding property that these scenarios leave unchanged', () => {
    expect(new Set(SCENARIOS.map(([property]) => property))).toEqual(decidingProperties(properties));
  });

  it.each([
    ['another comparison', inQuery(`ClusterName = `, 'ClusterName != ')],
    ['OR', inQuery('WHERE ', "WHERE ClusterName = 'payments' OR ")],
    ['another function', inQuery('MAX(LagRatio)', 'MIN(LagRatio)')],
    ['a percentile', inQuery('MAX(LagRatio)', 'P99(LagRatio)')],
    ['no GROUP BY', inQuery(/GROUP BY \w+ /, '')],
    ['no ORDER BY', inQuery(/ ORDER BY.*$/, '')],
    ['another ORDER BY', inQuery(/MAX\(\) DESC$/, 'MIN() DESC')],
    ['a limit', inQuery(/$/, ' LIMIT 1')],
    ['HAVING', inQuery(' ORDER BY', ' HAVING MAX() > 1 ORDER BY')],
    ['a namespace without SCHEMA', inQuery(/SCHEMA\(.*?\)/, '"MskLagWatcher"')],
    ['metric math', inQuery(/^.*$/, 'FILL(m1, 0)')],
  ])('is refused with unsupported SQL: %s', (_, change) => {
    expect(() => play(change(properties), PLAYED, 1)).toThrow(/^unsupported Metrics Insights SQL: /);
  });
});
