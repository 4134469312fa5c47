import { describe, expect, it } from 'vitest';
import { alarmEventSchema } from '#core/runbook/messages.ts';
import type { AlarmTransition } from '#local/cloudwatch/alarm-event.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '#local/cloudwatch/evaluate-alarms.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { heartbeatAlarm, lagAlarm, QUERY } from './declared-alarms.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
/** A clock and a CloudWatch with this alarm; time moves in minutes times `scale`. */
function stand(properties: object, timeScale = 1) {
  let nowMs = START;
  const metrics = new MemoryCloudWatch({ nowMs: () => nowMs });
  const alarms = alarmsFromTemplate({
    Resources: { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } },
  });
  const place = { account: '123456789012', region: 'eu-west-1' };
  const evaluator = new AlarmEvaluator({ alarms, metrics, timeScale, place });
  const at = (minute: number) => START + minute * MINUTE_MS * timeScale;
  return {
    evaluator,
    ratio: (minute: number, group: string, ...values: number[]) =>
      metrics.publish(
        [{ name: 'LagRatio', dimensions: { ClusterName: 'c', AlarmShard: '1', ConsumerGroup: group }, values }],
        at(minute),
      ),
    heartbeat: (minute: number) =>
      metrics.publish([{ name: 'Heartbeat', dimensions: { ClusterName: 'c' }, values: [1] }], at(minute)),
    evaluate: (minute: number) => {
      nowMs = at(minute);
      return evaluator
        .evaluate(nowMs)
        .map((change) => ({ ...change, minute: Number(((change.atMs - START) / MINUTE_MS / timeScale).toFixed(3)) }));
    },
  };
}

/** `group: FROM>TO @minute`, without the alarm's own changes. */
const contributors = (changes: readonly (AlarmTransition & { minute: number })[]): string[] =>
  changes.flatMap(({ contributor, from, to, minute }) =>
    contributor === undefined ? [] : [`${contributor.ConsumerGroup}: ${from}>${to} @${minute}`],
  );

type Stand = ReturnType<typeof stand>;

/** Publishes one value per minute from minute 0; `-` publishes nothing. */
async function play(test: Stand, group: string, drawing: string): Promise<void> {
  for (const [minute, value] of drawing.split(' ').entries()) {
    if (value !== '-') await test.ratio(minute, group, Number(value));
  }
}

describe('AlarmEvaluator on a query', () => {
  it.each([
    ['M of N', '0 2 0 2 0 0 0 0', ['g: OK>ALARM @4', 'g: ALARM>OK @5']],
    ['one point is not enough', '0 2 0 0 0', []],
    ['at the threshold', '0 1 1 0', ['g: OK>ALARM @3']],
    ['just below it', '0 0.99 0.99 0', []],
  ])('%s: %s', async (_, drawing, expected) => {
    const test = stand(lagAlarm);
    const changes = [];
    for (const [minute, value] of drawing.split(' ').entries()) {
      changes.push(...test.evaluate(minute));
      await test.ratio(minute, 'g', Number(value));
    }
    expect(contributors(changes)).toEqual(expected);
  });

  it('evaluates each group by itself, new ones too', async () => {
    const test = stand(lagAlarm);
    await play(test, 'a', '2 2 2 2 2 2');
    await play(test, 'b', '0 0 0 0 0 0');
    await play(test, 'late', '- - - 3 3 3');
    test.evaluate(0);
    expect(contributors(test.evaluate(6))).toEqual(['a: OK>ALARM @2', 'late: OK>ALARM @5']);
    expect(test.evaluator.contributorsInAlarm('Alarm')).toEqual([{ ConsumerGroup: 'late' }, { ConsumerGroup: 'a' }]);
  });

  it.each(['missing', 'ignore', 'breaching', 'notBreaching'])(
    'a group that vanished is OK under %s: without data there is no series',
    async (TreatMissingData) => {
      const test = stand({ ...lagAlarm, TreatMissingData });
      await play(test, 'gone', '2 2 2 - - - - - -');
      await play(test, 'here', '0 0 0 0 0 0 0 0 0');
      test.evaluate(0);
      test.evaluate(3);
      expect(test.evaluator.contributorsInAlarm('Alarm')).toEqual([{ ConsumerGroup: 'gone' }]);
      const changes = test.evaluate(9);
      expect(contributors(changes).at(-1)).toMatch(/^gone: ALARM>OK/);
      if (TreatMissingData !== 'notBreaching') {
        expect(changes.findLast(({ contributor }) => contributor)?.reason).toBe(
          'No data was returned for this contributor',
        );
      }
    },
  );

  it.each([
    ['breaching', ['g: OK>ALARM @6']],
    ['notBreaching', []],
    ['ignore', []],
    ['missing', []],
  ])('holes count as %s', async (TreatMissingData, expected) => {
    const test = stand({ ...lagAlarm, TreatMissingData });
    await play(test, 'g', '0 0 2 - -');
    test.evaluate(3);
    expect(contributors(test.evaluate(5))).toEqual([]);
    // At minute 6 the range of five is `0 2 - - -`: a rule fills one hole.
    expect(contributors(test.evaluate(6))).toEqual(expected);
  });

  it('leaves out the incomplete period', async () => {
    const test = stand(lagAlarm);
    await play(test, 'g', '0 2 2');
    expect(contributors(test.evaluate(2.99))).toEqual([]);
    expect(contributors(test.evaluate(3))).toEqual(['g: OK>ALARM @3']);
  });

  it('puts a point on a boundary into the period that begins there', async () => {
    const test = stand({ ...lagAlarm, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
    await test.ratio(1, 'g', 5);
    test.evaluate(0);
    expect(contributors(test.evaluate(3))).toEqual(['g: OK>ALARM @2']);
  });

  it('uses late data at the next evaluation', async () => {
    const test = stand(lagAlarm);
    await play(test, 'g', '0 0 2 0');
    test.evaluate(3);
    expect(contributors(test.evaluate(4))).toEqual([]);
    await test.ratio(1, 'g', 7);
    expect(contributors(test.evaluate(4.5))).toEqual(['g: OK>ALARM @4.5']);
  });

  it('returns the same changes for any number of calls', async () => {
    const drawing = '0 2 2 0 0 0 2 2 2 0 0';
    const [often, once] = [stand(lagAlarm), stand(lagAlarm)];
    await play(often, 'g', drawing);
    await play(once, 'g', drawing);
    once.evaluate(0);
    const changes = Array.from({ length: 111 }, (_, i) => often.evaluate(i / 10)).flat();
    expect(contributors(changes)).toEqual(['g: OK>ALARM @3', 'g: ALARM>OK @5', 'g: OK>ALARM @8', 'g: ALARM>OK @11']);
    expect(contributors(once.evaluate(11))).toEqual(contributors(changes));
  });

  it('applies the time scale to its period', async () => {
    const test = stand(lagAlarm, 0.05);
    await play(test, 'g', '0 2 2');
    expect(contributors(test.evaluate(3))).toEqual(['g: OK>ALARM @3']);
  });

  it('sends the event that the runbook expects', async () => {
    const test = stand(lagAlarm);
    await play(test, 'g', '0 2 2');
    const change = test.evaluate(3).find(({ contributor }) => contributor);
    expect(alarmEventSchema.parse(change?.event)).toMatchObject({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm Contributor State Change',
      account: '123456789012',
      region: 'eu-west-1',
      time: '2026-01-01T00:03:00Z',
      resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Alarm'],
      detail: {
        alarmName: 'Alarm',
        alarmContributor: { id: expect.stringMatching(/^[0-9a-f]{16}$/), attributes: { ConsumerGroup: 'g' } },
        state: { value: 'ALARM', reason: expect.any(String), timestamp: '2026-01-01T00:03:00.000+0000' },
        configuration: {
          description: 'lag',
          metrics: [{ id: 'expr_1', expression: QUERY, returnData: true, period: 60 }],
        },
      },
    });
  });

  it('changes as a whole: without series there is no data, one group in ALARM is ALARM', async () => {
    const test = stand(lagAlarm);
    expect(test.evaluate(0)).toEqual([]);
    expect(test.evaluator.stateOf('Alarm')).toBe('INSUFFICIENT_DATA');
    await play(test, 'a', '0 2 2 0 0 0');
    await play(test, 'b', '0 0 0 0 0 0');
    const own = test.evaluate(14).filter(({ contributor }) => contributor === undefined);
    expect(own.map(({ from, to, minute }) => `${from}>${to} @${minute}`)).toEqual([
      'INSUFFICIENT_DATA>OK @1',
      'OK>ALARM @3',
      'ALARM>OK @5',
      'OK>INSUFFICIENT_DATA @11',
    ]);
    expect(own[1]?.reason).toBe('1 out of 2 time series evaluated to ALARM');
    expect(own[1]?.event['detail-type']).toBe('CloudWatch Alarm State Change');
  });

  it('refuses more contributors in ALARM than CloudWatch can name', async () => {
    const test = stand(lagAlarm);
    for (let group = 0; group < 101; group++) await play(test, `g${group}`, '2 2 2');
    expect(() => test.evaluate(3)).toThrow('has 101 contributors in ALARM');
  });
});

describe('AlarmEvaluator on a changed declaration', () => {
  const query = (from: string, to: string) => ({
    Metrics: [{ ...lagAlarm.Metrics[0], Expression: QUERY.replace(from, to) }],
  });
  it.each([
    ['as it is', {}, ['g: OK>ALARM @4', 'g: ALARM>OK @5']],
    ['M', { DatapointsToAlarm: 1 }, ['g: OK>ALARM @2', 'g: ALARM>OK @7']],
    ['N', { EvaluationPeriods: 2 }, []],
    ['threshold', { Threshold: 2.5 }, []],
    [
      'comparison',
      { ComparisonOperator: 'LessThanThreshold' },
      ['g: OK>ALARM @3', 'g: ALARM>OK @4', 'g: OK>ALARM @5', 'g: ALARM>OK @13'],
    ],
    ['period', { Metrics: [{ ...lagAlarm.Metrics[0], Period: 120 }] }, ['g: OK>ALARM @4', 'g: ALARM>OK @8']],
    ['condition', query("'c'", "'other'"), []],
    ['metric', query('MAX(LagRatio)', 'MAX(Coverage)'), []],
    ['namespace', query('MskLagWatcher', 'Other'), []],
    [
      'missing data',
      { TreatMissingData: 'breaching' },
      ['g: OK>ALARM @1', 'g: ALARM>OK @3', 'g: OK>ALARM @4', 'g: ALARM>OK @5', 'g: OK>ALARM @13'],
    ],
  ])('%s decides', async (_, changed, expected) => {
    const test = stand({ ...lagAlarm, ...changed });
    for (const [minute, value] of [0, 2, 0, 2, 0, 0, 0, 0, 0].entries())
      await test.ratio(minute, 'g', value, value / 2);
    test.evaluate(0);
    // The last point is that of minute 8.
    expect(contributors(test.evaluate(13))).toEqual(expected);
  });
});

describe('AlarmEvaluator on one metric', () => {
  const states = (changes: readonly (AlarmTransition & { minute: number })[]) =>
    changes.map(({ from, to, minute }) => `${from}>${to} @${minute}`);

  it('alarms when the heartbeat stops, and recovers with it', async () => {
    const test = stand(heartbeatAlarm);
    for (const minute of [0, 1, 2, 3, 9, 10, 11]) await test.heartbeat(minute);
    test.evaluate(0);
    // The newest two points of the range of four decide. Holes count only below two points.
    expect(states(test.evaluate(12))).toEqual(['ALARM>OK @1', 'OK>ALARM @8', 'ALARM>OK @10']);
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['ignore', 'INSUFFICIENT_DATA'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
  ])('starts without data under %s in state %s', (TreatMissingData, state) => {
    const test = stand({ ...heartbeatAlarm, TreatMissingData });
    test.evaluate(5);
    expect(test.evaluator.stateOf('Alarm')).toBe(state);
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['ignore', 'OK'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
  ])('changes without data under %s to state %s', async (TreatMissingData, state) => {
    const test = stand({ ...heartbeatAlarm, TreatMissingData });
    for (const minute of [0, 1]) await test.heartbeat(minute);
    test.evaluate(2);
    expect(test.evaluator.stateOf('Alarm')).toBe('OK');
    test.evaluate(20);
    expect(test.evaluator.stateOf('Alarm')).toBe(state);
  });

  it.each([
    ['SampleCount', 3, 'OK'],
    ['SampleCount', 4, 'ALARM'],
    ['Sum', 3, 'OK'],
    ['Average', 1.1, 'ALARM'],
    ['Minimum', 1.1, 'ALARM'],
    ['Maximum', 1, 'OK'],
  ])('judges %s against %d: %s', async (Statistic, Threshold, state) => {
    const test = stand({ ...heartbeatAlarm, EvaluationPeriods: 1, Statistic, Threshold });
    for (const minute of [0, 0.3, 0.6]) await test.heartbeat(minute);
    test.evaluate(1);
    expect(test.evaluator.stateOf('Alarm')).toBe(state);
  });
});
