import { describe, expect, it } from 'vitest';
import {
  type Criterion,
  evaluateWindow,
  evaluationRange,
  MISSING_DATA,
  type MissingData,
  type Verdict,
} from '#local/cloudwatch/evaluate-window.ts';

const criterion: Criterion = {
  threshold: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing',
};

/** `0` a good point, `X` a breaching one, `-` none; newest last, as in AWS's tables. */
const points = (drawing: string): (number | undefined)[] =>
  drawing.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 5 : 0));

type Row = readonly [drawing: string, m: number, expected: Readonly<Record<MissingData, Verdict['state']>>];

const all = (state: Verdict['state']) => ({ missing: state, ignore: state, breaching: state, notBreaching: state });

// The two tables of "How alarm state is evaluated when data is missing": N = 3, range 5.
const AWS_TABLES: readonly Row[] = [
  ['0 - X - X', 3, all('OK')],
  ['0 - - - -', 3, all('OK')],
  ['- - - - -', 3, { missing: 'INSUFFICIENT_DATA', ignore: 'retain', breaching: 'ALARM', notBreaching: 'OK' }],
  ['0 X X - X', 3, all('ALARM')],
  ['- - X - -', 3, { missing: 'ALARM', ignore: 'retain', breaching: 'ALARM', notBreaching: 'OK' }],
  ['0 - X - X', 2, all('ALARM')],
  ['0 0 X 0 X', 2, all('ALARM')],
  ['0 - X - -', 2, { missing: 'OK', ignore: 'OK', breaching: 'ALARM', notBreaching: 'OK' }],
  ['- - - - 0', 2, { missing: 'OK', ignore: 'OK', breaching: 'ALARM', notBreaching: 'OK' }],
  ['- - - X -', 2, { missing: 'ALARM', ignore: 'retain', breaching: 'ALARM', notBreaching: 'OK' }],
];

const rows = AWS_TABLES.flatMap(([drawing, m, expected]) =>
  MISSING_DATA.map((treatMissingData) => ({ drawing, m, treatMissingData, state: expected[treatMissingData] })),
);

describe('evaluateWindow', () => {
  it.each(rows)('agrees with AWS on $drawing with M = $m and $treatMissingData: $state', (row) => {
    const { drawing, m: datapointsToAlarm, treatMissingData, state } = row;
    const verdict = evaluateWindow(points(drawing), { ...criterion, datapointsToAlarm, treatMissingData });
    expect(verdict.state).toBe(state);
  });

  it.each(['- - - - X', '- - - X -'])('does not alarm early on %s, since the next point may be good', (drawing) => {
    expect(evaluateWindow(points(drawing), criterion).state).toBe('OK');
  });

  it.each([
    ['0 0 X X X', 'ALARM'],
    ['X X X 0 0', 'OK'],
    ['X X X X 0', 'OK'],
    ['X X 0 X X', 'OK'],
  ])('judges the newest N points of %s: %s', (drawing, state) => {
    expect(evaluateWindow(points(drawing), criterion).state).toBe(state);
  });

  it.each([
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ] as const)('compares with %s below, at and above the threshold', (comparison, states) => {
    const one = { ...criterion, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 };
    expect([0, 1, 2].map((value) => evaluateWindow([undefined, undefined, value], one).state)).toEqual(states);
  });

  it('reads two periods more than N', () => {
    expect(evaluationRange(criterion)).toBe(5);
  });
});
