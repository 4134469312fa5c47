import { describe, expect, it } from 'vitest';
import { AlarmLog } from '#bench/day/detectors/stretches.ts';
import type { Replayed } from '#bench/day/replay.ts';
import { detectionRows, falseAlarmRows, inTime } from '#bench/day/report.ts';
import type { Fault, GroupShape, Stretch } from '#bench/day/traffic/shapes.ts';
import { NOTHING } from '#bench/day/traffic/traffic.ts';
import type { FaultCourse } from '#bench/day/traffic/truth.ts';
import { type Day, owed, verdicts } from '#bench/day/verdict.ts';

const MINUTE = 60_000;
const DAY: Stretch = { fromMs: 0, toMs: 1_440 * MINUTE };
const FAULT: Fault = {
  name: 'stopped',
  fromMs: 100 * MINUTE,
  toMs: 130 * MINUTE,
  due: 'after-start',
  dueMinutes: 6,
};
const shape = (groupId: string): GroupShape => ({
  ...NOTHING,
  groupId,
  traits: 'steady',
  topic: groupId,
  partitions: 1,
  members: 1,
  rate: () => 1,
  capacity: 1,
  wellMs: 1_000,
});
const COURSE: FaultCourse = { groupId: 'ill', fault: FAULT, wellMs: 140 * MINUTE };
const stretches = (...minutes: readonly (readonly [number, number])[]): Stretch[] =>
  minutes.map(([from, to]) => ({ fromMs: from * MINUTE, toMs: to * MINUTE }));

/** A day with the minutes in alarm of two groups: one with a fault, one without. */
function dayOf(ill: readonly Stretch[], well: readonly Stretch[] = [], course = COURSE): Day {
  const none = new Map<string, Stretch[]>();
  const replayed: Replayed = {
    alarm: new Map([
      ['ill', ill],
      ['well', well],
    ]),
    statusErrors: none,
    statusWarnings: none,
    burrowErrors: none,
    burrowWarnings: none,
    minutes: [],
    trouble: [],
    courses: [course],
  };
  return { replayed, groups: [shape('ill'), shape('well')], day: DAY };
}

const alarmOn = (day: Day) => verdicts(day)[0];

describe('verdicts', () => {
  it.each([
    ['minutes from the beginning of the fault', stretches([104.5, 150]), 104.5 - 100],
    ['missed without an alarm before the group is well', stretches([141, 150]), 'missed'],
    ['already where an alarm was on as it began', stretches([90, 101], [104, 140]), 'already'],
    ['already where one ended within the hour before', stretches([50, 51], [104, 140]), 'already'],
    ['minutes where one ended earlier', stretches([30, 39], [104, 140]), 4],
  ])('a detection is %s', (_, alarms, detection) => {
    expect(alarmOn(dayOf(alarms))?.detections).toEqual([detection]);
  });

  it.each([
    ['an alarm on a group without a fault', [], stretches([10, 12], [20, 21]), { count: 2, minutes: 3 }],
    ['an alarm before the fault', stretches([10, 12]), [], { count: 1, minutes: 2 }],
    [
      'the part of an alarm that goes on long after the group is well',
      stretches([104, 155]),
      [],
      { count: 0, minutes: 5 },
    ],
    ['nothing of an alarm that ends soon after', stretches([104, 150]), [], { count: 0, minutes: 0 }],
    ['an alarm that began before the day, from its beginning on', [], stretches([-10, 5]), { count: 1, minutes: 5 }],
  ])('false is %s', (_, ill, well, expected) => {
    const { falseAlarms } = alarmOn(dayOf(ill, well)) ?? { falseAlarms: new Map() };

    expect([...falseAlarms.values()].filter(({ minutes }) => minutes > 0).concat({ count: 0, minutes: 0 })[0]).toEqual(
      expected,
    );
  });

  it('is in time if an alarm reports every fault by then, and nothing else', () => {
    const isInTime = (day: Day) => inTime(owed(day.replayed), verdicts(day));

    expect(isInTime(dayOf(stretches([106, 150])))).toBe(true);
    expect(isInTime(dayOf(stretches([106.1, 150])))).toBe(false);
    expect(isInTime(dayOf([]))).toBe(false);
    expect(isInTime(dayOf(stretches([104, 150]), stretches([10, 11])))).toBe(false);
  });

  it('becomes rows of a table', () => {
    const day = dayOf(stretches([104, 150]), stretches([10, 12]));
    const [faults, judged] = [owed(day.replayed), verdicts(day)];

    expect(detectionRows(faults, judged).rows[0]?.slice(0, 6)).toEqual([
      'stopped',
      'ill',
      '01:40',
      '6.0',
      '4.0',
      'missed',
    ]);
    expect(falseAlarmRows(day.groups, judged).rows.map((row) => row.slice(0, 3))).toEqual([
      ['ill', 'steady', '-'],
      ['well', 'steady', '1 (2 min)'],
      ['all', '', '1 (2 min)'],
    ]);
  });
});

describe('owed', () => {
  const dueOf = (fault: Partial<Fault>, course: Partial<FaultCourse>) =>
    owed(dayOf([], [], { ...COURSE, ...course, fault: { ...FAULT, ...fault } }).replayed)[0]?.dueMinutes;

  it('counts from the fault, from the crossing of the objective, or back from the first loss', () => {
    expect(dueOf({}, {})).toBe(6);
    expect(dueOf({ due: 'after-crossing', dueMinutes: 5 }, { crossedMs: 112 * MINUTE })).toBe(17);
    expect(dueOf({ due: 'before-loss', dueMinutes: 30 }, { lostMs: 220 * MINUTE })).toBe(90);
  });

  it('throws for a fault that never reached that point', () => {
    expect(() => dueOf({ due: 'before-loss' }, {})).toThrow('ill: stopped never got as far as before-loss');
  });
});

describe('AlarmLog', () => {
  it('returns the start and end of alarms, and ends an open one', () => {
    const log = new AlarmLog();
    for (const [atMs, isAlarm] of [
      [1, false],
      [2, true],
      [3, true],
      [4, false],
      [5, true],
    ] as const)
      log.note('g', isAlarm, atMs);

    expect([...log.close(9)]).toEqual([
      [
        'g',
        [
          { fromMs: 2, toMs: 4 },
          { fromMs: 5, toMs: 9 },
        ],
      ],
    ]);
  });
});
