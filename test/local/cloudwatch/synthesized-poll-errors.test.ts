import { describe, expect, it } from 'vitest';
import { alarmNames } from '#lib/index.ts';
import { exampleTemplate } from '#test/support/stack/synth.ts';
import {
  decidingProperties,
  dimensionsOf,
  type Played,
  play,
  propertiesOf,
  type Scenario,
  set,
} from './alarm-stand.ts';

describe('the alarm on failed polls', () => {
  const properties = propertiesOf(exampleTemplate(), alarmNames('orders').pollErrors);
  const at = (failing: readonly number[]): Played[] => [
    {
      namespace: 'AWS/Lambda',
      name: 'Errors',
      dimensions: dimensionsOf(properties),
      minutes: Array.from({ length: 40 }, (_, i) => (failing.includes(i) ? '1' : '0')).join(' '),
    },
  ];
  const START = 'alarm: INSUFFICIENT_DATA>OK @0';
  // The poll fails every five minutes, three times, and then never again.
  const PLAYED = at([5, 10, 15]);
  const UNTOUCHED = [START, 'alarm: OK>ALARM @16', 'alarm: ALARM>OK @21'];
  const SCENARIOS: readonly Scenario[] = [
    ['Threshold', 'a poll fails once at most', set('Threshold', 2), [START]],
    ['ComparisonOperator', 'never more than once', set('ComparisonOperator', 'GreaterThanThreshold'), [START]],
    [
      'Period',
      'longer periods hold the same three for longer',
      set('Period', 120),
      [START, 'alarm: OK>ALARM @16', 'alarm: ALARM>OK @36'],
    ],
    ['EvaluationPeriods', 'no three within ten minutes', set('EvaluationPeriods', 10), [START]],
    [
      'DatapointsToAlarm',
      'two come earlier and last longer',
      set('DatapointsToAlarm', 2),
      [START, 'alarm: OK>ALARM @11', 'alarm: ALARM>OK @26'],
    ],
    ['Statistic', 'each minute has a count of calls', set('Statistic', 'SampleCount'), [START, 'alarm: OK>ALARM @3']],
    ['MetricName', 'there is no such metric', set('MetricName', 'Another'), [START]],
    ['Namespace', 'there is no such metric', set('Namespace', 'Another'), [START]],
    ['Dimensions', 'there is no such metric', set('Dimensions', [{ Name: 'Other', Value: 'x' }]), [START]],
    [
      'TreatMissingData',
      'before the first poll there is no data',
      set('TreatMissingData', 'breaching'),
      ['alarm: INSUFFICIENT_DATA>ALARM @0', 'alarm: ALARM>OK @15', 'alarm: OK>ALARM @16', 'alarm: ALARM>OK @21'],
    ],
  ];

  it('goes off when three of fifteen fail', () => {
    expect(play(properties, PLAYED, 40)).toEqual(UNTOUCHED);
  });

  it.each([
    ['one', [5]],
    ['two close together', [5, 6]],
    ['three, far apart', [5, 12, 20]],
  ])('ignores %s', (_, failing) => {
    expect(play(properties, at(failing), 40)).toEqual([START]);
  });

  it.each(SCENARIOS)('%s: %s', (_, _why, change, expected) => {
    expect(play(change(properties), PLAYED, 40)).toEqual(expected);
    expect(expected).not.toEqual(UNTOUCHED);
  });

  it('has no deciding property that these scenarios leave unchanged', () => {
    expect(new Set(SCENARIOS.map(([property]) => property))).toEqual(decidingProperties(properties));
  });
});
