import { beforeAll, describe, expect, it } from 'vitest';
import { stopPhases } from '#bench/day/phases.ts';
import { replayDay } from '#bench/day/play.ts';
import { DAY_CONFIG } from '#bench/day/settings.ts';
import { GROUPS } from '#bench/day/traffic/traffic.ts';
import { allFalse, type Day, type Detection, type Owed, owed, type Verdict, verdicts } from '#bench/day/verdict.ts';
import { synthConfig } from '#test/support/stack/synth.ts';

/**
 * Minutes within which a status must report a fault, by group: a window plus the group's usual
 * pause.
 */
const STATUS_WITHIN: Readonly<Record<string, number>> = {
  'audit-archive': 7,
  billing: 7,
  fulfilment: 10,
  payments: 7,
  'search-index': 3,
  'settlement-batch': 25,
};

const template = synthConfig(DAY_CONFIG).toJSON();
let day: Day;
let judged: ReadonlyMap<string, Verdict>;

beforeAll(async () => {
  day = await replayDay({ template, seed: 1 });
  judged = new Map(verdicts(day).map((verdict) => [verdict.detector, verdict]));
});

const verdict = (detector: string): Verdict => {
  const found = judged.get(detector);
  if (found === undefined) throw new Error(`no detector ${detector}; there are ${[...judged.keys()].join(', ')}`);
  return found;
};

function detection(detector: string, groupId: string): Detection {
  const index = day.replayed.courses.findIndex((course) => course.groupId === groupId);
  return verdict(detector).detections[index] ?? 'missed';
}

const FAULTY = GROUPS.filter(({ faults }) => faults.length > 0).map(({ groupId }) => groupId);

describe('a day of traffic', () => {
  it('contains a fault for each way to fall behind, and each reaches the point that it is measured from', () => {
    expect(owed(day.replayed).map(({ course }) => course.groupId)).toEqual(FAULTY);
    expect(day.replayed.courses.every(({ wellMs }) => wellMs !== undefined)).toBe(true);
  });

  it('no alarm goes off while a group is well: bursts, deployments, batches, nights and missed polls', () => {
    expect(allFalse(verdict('alarm'))).toEqual({ count: 0, minutes: 0 });
  });

  it.each(FAULTY)('the alarm on %s comes in time', (groupId) => {
    const { dueMinutes } = owed(day.replayed).find(({ course }) => course.groupId === groupId) as Owed;

    expect(detection('alarm', groupId)).toBeLessThanOrEqual(dueMinutes);
  });

  it('the alarm on each group ends after the group recovers', () => {
    const ends = day.replayed.courses.map(({ groupId, wellMs }) => {
      const alarms = day.replayed.alarm.get(groupId) ?? [];
      return { alarms: alarms.length, minutes: ((alarms.at(-1)?.toMs ?? 0) - (wellMs ?? 0)) / 60_000 };
    });

    expect(ends.map(({ alarms }) => alarms)).toEqual(FAULTY.map(() => 1));
    expect(ends.every(({ minutes }) => minutes < 6)).toBe(true);
  });

  it.each(FAULTY)('a status reports the fault of %s in time', (groupId) => {
    expect(detection('status: warning or error', groupId)).toBeLessThanOrEqual(STATUS_WITHIN[groupId] ?? 0);
  });

  it('no status is an error while a group is well', () => {
    expect(allFalse(verdict('status: error'))).toEqual({ count: 0, minutes: 0 });
  });

  it('each rival detector finds at least half of the faults', () => {
    const rivals = [...judged.values()].filter(({ detector }) => detector === 'Burrow' || detector.startsWith('lag ≥'));
    const found = rivals.map(({ detections }) => detections.filter((each) => typeof each === 'number').length);

    expect(found).toHaveLength(3);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(FAULTY.length / 2);
  });

  it('no alarm on the watcher itself goes off, despite missed polls and unknown members', () => {
    expect(day.replayed.trouble).toEqual([]);
  });
});

it('a consumer stop at any second raises an alarm within 6 minutes, with an objective of 90 s and a poll each minute', async () => {
  const minutes = await stopPhases({ template, ageSeconds: 90 });

  expect(minutes).toHaveLength(12);
  expect(Math.min(...minutes)).toBeGreaterThan(1.5);
  expect(Math.max(...minutes)).toBeLessThanOrEqual(6);
}, 120_000);
