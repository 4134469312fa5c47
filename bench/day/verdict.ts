/** The verdict on each detector: when it saw each fault, and its false alarms. */

import { staticAlarms } from '#bench/day/detectors/rivals.ts';
import type { Alarms } from '#bench/day/detectors/stretches.ts';
import { type GroupShape, isIn, type Stretch } from '#bench/day/traffic/shapes.ts';
import { dueMs, type FaultCourse } from '#bench/day/traffic/truth.ts';
import type { Replayed } from './replay.ts';

const MINUTE_MS = 60_000;
/** An alarm may stay on this long after the group recovers, until its windows run out. */
const SETTLE_MS = 10 * MINUTE_MS;
/** An alarm this shortly before a fault makes the next one worthless. */
const NOISE_MS = 60 * MINUTE_MS;
/** The tried thresholds on the sum of lag, records. */
const TRIED = [2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

/**
 * Minutes from the beginning of a fault to its detection. `already`: the detector was in alarm in
 * the hour before, so one more alarm is no news. `missed`: no detection before the fault was over.
 */
export type Detection = number | 'already' | 'missed';

/** Alarms while a group is healthy. */
export interface FalseAlarms {
  /** Alarms that began then. */
  readonly count: number;
  /** Minutes in alarm then. */
  readonly minutes: number;
}

export interface Verdict {
  readonly detector: string;
  /** In the order of `courses`. */
  readonly detections: readonly Detection[];
  /** By group. */
  readonly falseAlarms: ReadonlyMap<string, FalseAlarms>;
}

/** The judged part of a replay, and the replay. */
export interface Day {
  readonly replayed: Replayed;
  readonly groups: readonly GroupShape[];
  readonly day: Stretch;
}

/** The bound of a fault and its true course, in minutes from its beginning. */
export interface Owed {
  readonly course: FaultCourse;
  readonly dueMinutes: number;
}

/**
 * The bound of each fault.
 *
 * @throws Error when a fault never reached the point that its bound counts from
 */
export const owed = ({ courses }: Replayed): Owed[] =>
  courses.map((course) => ({ course, dueMinutes: (dueMs(course) - course.fault.fromMs) / MINUTE_MS }));

/** All detectors, ours first. */
export function verdicts(day: Day): Verdict[] {
  const { alarm, statusErrors, statusWarnings, burrowWarnings } = day.replayed;
  const { low, high } = staticThresholds(day);
  return [
    verdictOf('alarm', alarm, day),
    verdictOf('status: error', statusErrors, day),
    verdictOf('status: warning or error', statusWarnings, day),
    low,
    high,
    verdictOf('Burrow', burrowWarnings, day),
  ];
}

/** False alarms over all groups. */
export const allFalse = ({ falseAlarms }: Verdict): FalseAlarms =>
  [...falseAlarms.values()].reduce((sum, { count, minutes }) => ({
    count: sum.count + count,
    minutes: sum.minutes + minutes,
  }));

const found = ({ detections }: Verdict): number => detections.filter((each) => typeof each === 'number').length;

/**
 * The best single threshold for all groups, chosen in hindsight: the highest that finds as many
 * faults as any, and the lowest without a false alarm.
 */
function staticThresholds(day: Day): { readonly low: Verdict; readonly high: Verdict } {
  const all = TRIED.map((records) =>
    verdictOf(`lag ≥ ${records.toLocaleString('en')}`, staticAlarms(day.replayed.minutes, records), day),
  );
  const most = Math.max(...all.map(found));
  const low = all.findLast((verdict) => found(verdict) === most);
  const high = all.find((verdict) => allFalse(verdict).count + allFalse(verdict).minutes === 0);
  if (low === undefined || high === undefined) throw new Error(`no threshold of ${TRIED.join(', ')} never cries wolf`);
  return { low, high };
}

function verdictOf(detector: string, alarms: Alarms, { replayed: { courses }, groups, day }: Day): Verdict {
  const faults = courses.map((course) => ({ course, ends: endOf(course, day) }));
  const falseAlarms = groups.map(({ groupId }) => {
    const own = faults.filter(({ course }) => course.groupId === groupId);
    const ill = own.map(({ course, ends }) => ({ fromMs: course.fault.fromMs, toMs: ends + SETTLE_MS }));
    return [groupId, outside(alarms.get(groupId) ?? [], ill, day)] as const;
  });
  return {
    detector,
    detections: faults.map(({ course: { groupId, fault }, ends }) =>
      detectionOf(alarms.get(groupId) ?? [], { fromMs: fault.fromMs, toMs: ends }),
    ),
    falseAlarms: new Map(falseAlarms),
  };
}

const endOf = ({ wellMs }: FaultCourse, day: Stretch): number => wellMs ?? day.toMs;

function detectionOf(alarms: readonly Stretch[], fault: Stretch): Detection {
  if (alarms.some(({ fromMs, toMs }) => fromMs < fault.fromMs && toMs > fault.fromMs - NOISE_MS)) return 'already';
  const first = alarms.find(({ fromMs }) => isIn(fault, fromMs));
  return first === undefined ? 'missed' : (first.fromMs - fault.fromMs) / MINUTE_MS;
}

/** Alarms of the day outside of these stretches. */
function outside(alarms: readonly Stretch[], ill: readonly Stretch[], day: Stretch): FalseAlarms {
  const ofDay = alarms.map((alarm) => overlap(alarm, day)).filter(({ fromMs, toMs }) => fromMs < toMs);
  const count = ofDay.filter(({ fromMs }) => !ill.some((stretch) => isIn(stretch, fromMs))).length;
  const lengthMs = ({ fromMs, toMs }: Stretch) => Math.max(0, toMs - fromMs);
  const ms = ofDay.reduce(
    (sum, alarm) => sum + lengthMs(alarm) - ill.reduce((part, each) => part + lengthMs(overlap(alarm, each)), 0),
    0,
  );
  return { count, minutes: ms / MINUTE_MS };
}

const overlap = (a: Stretch, b: Stretch): Stretch => ({
  fromMs: Math.max(a.fromMs, b.fromMs),
  toMs: Math.min(a.toMs, b.toMs),
});
