/** The verdicts as tables and as data. */
import type { GroupShape } from '#bench/day/traffic/shapes.ts';
import { allFalse, type Detection, type FalseAlarms, type Owed, type Verdict } from './verdict.ts';

/** Head and rows of a table. */
export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Minutes from the beginning of each fault to each detector's first alarm. */
export function detectionRows(faults: readonly Owed[], verdicts: readonly Verdict[]): Rows {
  return {
    head: ['FAULT', 'GROUP', 'BEGAN', 'OWED', ...verdicts.map(({ detector }) => detector.toUpperCase())],
    rows: faults.map(({ course: { groupId, fault }, dueMinutes }, i) => [
      fault.name,
      groupId,
      new Date(fault.fromMs).toISOString().slice(11, 16),
      `${dueMinutes.toFixed(1)}`,
      ...verdicts.map(({ detections }) => detectionText(detections[i] as Detection)),
    ]),
  };
}

/** Alarms while each group is healthy: their number, and minutes in alarm. */
export function falseAlarmRows(groups: readonly GroupShape[], verdicts: readonly Verdict[]): Rows {
  const row = (title: string, of: (verdict: Verdict) => FalseAlarms) => [
    title,
    ...verdicts.map((verdict) => falseText(of(verdict))),
  ];
  return {
    head: ['HEALTHY STRETCHES OF', 'WITH', ...verdicts.map(({ detector }) => detector.toUpperCase())],
    rows: [
      ...groups.map(({ groupId, traits }) => [
        groupId,
        ...row(traits, ({ falseAlarms }) => falseAlarms.get(groupId) as FalseAlarms),
      ]),
      ['all', ...row('', allFalse)],
    ],
  };
}

/**
 * Minutes from a consumer stop to the alarm, at the best and worst phase, by objective of age in
 * seconds.
 */
export const phaseRows = (phases: ReadonlyMap<number, readonly number[]>): Rows => ({
  head: ['CONSUMER STOPPED, AGE OBJECTIVE', 'ALARM AFTER'],
  rows: [...phases].map(([ageSeconds, minutes]) => [
    `${ageSeconds} s`,
    `${Math.min(...minutes).toFixed(1)} to ${Math.max(...minutes).toFixed(1)} min`,
  ]),
});

/** The minutes at the worst phase, by objective of age in seconds. */
export const slowestStops = (phases: ReadonlyMap<number, readonly number[]>): Readonly<Record<number, number>> =>
  Object.fromEntries([...phases].map(([ageSeconds, minutes]) => [ageSeconds, rounded(Math.max(...minutes))]));

/** Whether the alarm, the first detector, reported each fault in time and nothing else. */
export function inTime(faults: readonly Owed[], [alarm]: readonly Verdict[]): boolean {
  if (alarm === undefined) return false;
  const isMet = (detection: Detection | undefined, dueMinutes: number) =>
    typeof detection === 'number' && detection <= dueMinutes;
  return allFalse(alarm).minutes === 0 && faults.every(({ dueMinutes }, i) => isMet(alarm.detections[i], dueMinutes));
}

/** The verdicts as plain data. */
export const asData = (faults: readonly Owed[], verdicts: readonly Verdict[]) => ({
  faults: faults.map(({ course: { groupId, fault }, dueMinutes }, i) => ({
    fault: fault.name,
    group: groupId,
    owedMinutes: rounded(dueMinutes),
    detectedAfterMinutes: Object.fromEntries(
      verdicts.map(({ detector, detections }) => [detector, dataOf(detections[i] as Detection)]),
    ),
  })),
  falseAlarms: Object.fromEntries(
    verdicts.map((verdict) => {
      const { count, minutes } = allFalse(verdict);
      return [verdict.detector, { count, minutes: rounded(minutes) }];
    }),
  ),
});

const rounded = (value: number): number => Math.round(value * 10) / 10;
const dataOf = (detection: Detection) => (typeof detection === 'number' ? rounded(detection) : detection);
const detectionText = (detection: Detection): string =>
  typeof detection === 'number' ? detection.toFixed(1) : detection;
const falseText = ({ count, minutes }: FalseAlarms): string =>
  minutes === 0 ? '-' : `${count} (${Math.round(minutes)} min)`;
