/**
 * The stand evaluates the alarms of the template: the same metrics lead to other states when one
 * property changes. `synthesized-lag-alarm.test.ts` has the alarm on a query.
 */
import { describe, expect, it } from 'vitest';
import { alarmNames, lagAlarmNames } from '#lib/index.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { synthDiscovering } from '#test/support/stack/synth.ts';
import {
  all,
  decidingProperties,
  dimensionsOf,
  type Played,
  play,
  propertiesOf,
  type Scenario,
  set,
} from './alarm-stand.ts';

const CLUSTER = 'orders';
const names = alarmNames(CLUSTER);
// The stack with the most alarms: discovery has its own.
const template = synthDiscovering().toJSON();

const ALIVE = [
  [names.heartbeat, 'Heartbeat'],
  [names.coverage, 'Coverage'],
] as const;
const COUNTING = [names.discovery, names.reconcile, names.runFailed, names.runTimedOut, names.runNotStarted];

it('the tables here hold all alarms of the stack but those on lag and on failed polls', () => {
  const covered = [...lagAlarmNames(CLUSTER, 1), names.pollErrors, ...ALIVE.map(([name]) => name), ...COUNTING];

  expect(
    alarmsFromTemplate(template)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(covered.sort());
});

describe.each(ALIVE)('%s, which treats missing data as bad', (alarmName, metric) => {
  const properties = propertiesOf(template, alarmName);
  const good = Array(30).fill('1').join(' ');
  // Good for six minutes, bad for five, good for six, then no data.
  const drawing = [...Array(6).fill('1'), ...Array(5).fill('0.4+0.5'), ...Array(6).fill('1')].join(' ');
  const dimensions = { ClusterName: CLUSTER };
  const PLAYED: readonly Played[] = [
    { name: metric, dimensions, minutes: drawing },
    { name: metric, dimensions: { ClusterName: 'payments' }, minutes: good },
    { name: metric, namespace: 'Another', dimensions, minutes: good },
    { name: 'GroupsRead', dimensions, minutes: good },
  ];
  const MINUTES = 26;
  const BEFORE_DATA = 'alarm: INSUFFICIENT_DATA>ALARM @0';
  const [SLUMP, AFTER_SLUMP, SILENCE] = ['alarm: OK>ALARM @11', 'alarm: ALARM>OK @12', 'alarm: OK>ALARM @24'];
  const UNTOUCHED = [BEFORE_DATA, 'alarm: ALARM>OK @1', SLUMP, AFTER_SLUMP, SILENCE];
  const ALWAYS_GOOD = [BEFORE_DATA, 'alarm: ALARM>OK @1'];

  const SCENARIOS: readonly Scenario[] = [
    ['Threshold', 'the slump is above it', set('Threshold', 0.3), [...ALWAYS_GOOD, SILENCE]],
    ['Threshold', 'nothing ever reaches it', set('Threshold', 2), [BEFORE_DATA]],
    [
      'ComparisonOperator',
      'the threshold itself becomes bad',
      set('ComparisonOperator', 'LessThanOrEqualToThreshold'),
      [BEFORE_DATA],
    ],
    [
      'Period',
      'neither stretch has five bad periods of two minutes',
      set('Period', 120),
      [BEFORE_DATA, 'alarm: ALARM>OK @2'],
    ],
    [
      'EvaluationPeriods',
      'three in a row come earlier',
      all(set('EvaluationPeriods', 3), set('DatapointsToAlarm', 3)),
      [BEFORE_DATA, 'alarm: ALARM>OK @1', 'alarm: OK>ALARM @9', AFTER_SLUMP, 'alarm: OK>ALARM @22'],
    ],
    [
      'EvaluationPeriods',
      'five of six end only after two good ones',
      set('EvaluationPeriods', 6),
      [BEFORE_DATA, 'alarm: ALARM>OK @2', SLUMP, 'alarm: ALARM>OK @13', SILENCE],
    ],
    [
      'DatapointsToAlarm',
      'three bad ones of five come earlier and last longer',
      set('DatapointsToAlarm', 3),
      [BEFORE_DATA, 'alarm: ALARM>OK @3', 'alarm: OK>ALARM @9', 'alarm: ALARM>OK @14', 'alarm: OK>ALARM @22'],
    ],
    [
      'TreatMissingData',
      'no data is good',
      set('TreatMissingData', 'notBreaching'),
      ['alarm: INSUFFICIENT_DATA>OK @0', SLUMP, AFTER_SLUMP],
    ],
    [
      'TreatMissingData',
      'no data is a separate state',
      set('TreatMissingData', 'missing'),
      ['alarm: INSUFFICIENT_DATA>OK @1', SLUMP, AFTER_SLUMP, 'alarm: OK>INSUFFICIENT_DATA @24'],
    ],
    [
      'TreatMissingData',
      'no data changes nothing',
      set('TreatMissingData', 'ignore'),
      ['alarm: INSUFFICIENT_DATA>OK @1', SLUMP, AFTER_SLUMP],
    ],
    ['Statistic', 'a count does not see the slump', set('Statistic', 'SampleCount'), [...ALWAYS_GOOD, SILENCE]],
    ['MetricName', 'the other one is always good', set('MetricName', 'GroupsRead'), ALWAYS_GOOD],
    ['Namespace', 'the other one is always good', set('Namespace', 'Another'), ALWAYS_GOOD],
    [
      'Dimensions',
      'the other cluster is always good',
      set('Dimensions', [{ Name: 'ClusterName', Value: 'payments' }]),
      ALWAYS_GOOD,
    ],
  ];

  it('goes off after five bad minutes, and after five without data', () => {
    expect(play(properties, PLAYED, MINUTES)).toEqual(UNTOUCHED);
  });

  it.each(SCENARIOS)('%s: %s', (_, _why, change, expected) => {
    expect(play(change(properties), PLAYED, MINUTES)).toEqual(expected);
    expect(expected).not.toEqual(UNTOUCHED);
  });

  it('has no deciding property that these scenarios leave unchanged', () => {
    expect(new Set(SCENARIOS.map(([property]) => property))).toEqual(decidingProperties(properties));
  });
});

describe.each(COUNTING)('%s, which counts failures', (alarmName) => {
  const properties = propertiesOf(template, alarmName);
  const { MetricName: name, Namespace: namespace } = properties as { MetricName: string; Namespace: string };
  const { Period, EvaluationPeriods: n } = properties as { Period: number; EvaluationPeriods: number };
  const period = Period / 60;
  // One of two things fails in each of n periods, after a period without a failure.
  const drawing = Array.from({ length: period * (n + 1) }, (_, i) => (i >= period && i % period === 0 ? '1+0' : '-'));
  const PLAYED = [{ namespace, name, dimensions: dimensionsOf(properties), minutes: drawing.join(' ') }];
  const minutes = period * (n + 4);
  const START = 'alarm: INSUFFICIENT_DATA>OK @0';
  const UNTOUCHED = [START, `alarm: OK>ALARM @${period * (n + 1)}`];

  const SCENARIOS: readonly Scenario[] = [
    ['Threshold', 'there are never two', set('Threshold', 2), [START]],
    ['ComparisonOperator', 'never more than one', set('ComparisonOperator', 'GreaterThanThreshold'), [START]],
    [
      'EvaluationPeriods',
      'one bad period too few',
      all(set('EvaluationPeriods', n + 1), set('DatapointsToAlarm', n + 1)),
      [START],
    ],
    ['Statistic', 'the least of a period is 0', set('Statistic', 'Minimum'), [START]],
    ['MetricName', 'there is no such metric', set('MetricName', 'Another'), [START]],
    ['Namespace', 'there is no such metric', set('Namespace', 'Another'), [START]],
    ['Dimensions', 'there is no such metric', set('Dimensions', [{ Name: 'Other', Value: 'x' }]), [START]],
    [
      'TreatMissingData',
      'no data is bad, and most minutes have none',
      set('TreatMissingData', 'breaching'),
      ['alarm: INSUFFICIENT_DATA>ALARM @0'],
    ],
  ];
  const state = (changes: readonly string[]) => changes.slice(0, UNTOUCHED.length);

  it(`goes off after failures in ${n} periods`, () => {
    expect(state(play(properties, PLAYED, minutes))).toEqual(UNTOUCHED);
  });

  it.each(SCENARIOS)('%s: %s', (_, _why, change, expected) => {
    expect(play(change(properties), PLAYED, minutes)).toEqual(expected);
  });

  it('Period: a shorter one goes off earlier, or not at all', () => {
    const expected = n === 1 ? [START, `alarm: OK>ALARM @${period + 1}`] : [START];

    expect(state(play(set('Period', 60)(properties), PLAYED, minutes))).toEqual(expected);
  });

  it('has no deciding property that these scenarios leave unchanged', () => {
    const changed = SCENARIOS.map(([property]) => property);

    // DatapointsToAlarm changes along with EvaluationPeriods.
    expect(new Set([...changed, 'Period', 'DatapointsToAlarm'])).toEqual(decidingProperties(properties));
  });
});
