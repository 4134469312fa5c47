import { describe, expect, it } from 'vitest';
import {
  emptyTimeline,
  NONE,
  placeOf,
  stillTrue,
  type TimeAnswer,
  withAnswer,
  worthKeeping,
} from '#core/ages/timeline.ts';

const found = (askedMs: number, offset: number, timestampMs = askedMs): TimeAnswer => ({
  askedMs,
  offset,
  timestampMs,
});
const nothing = (askedMs: number): TimeAnswer => ({ askedMs, offset: NONE, timestampMs: NONE });
const timelineOf = (...answers: TimeAnswer[]) => answers.reduce(withAnswer, emptyTimeline);

describe('withAnswer', () => {
  it('keeps answers in the order of requested times, and one for each time', () => {
    const timeline = timelineOf(found(30, 3), found(10, 1), found(20, 2), found(20, 2, 25));

    expect(timeline.answers).toEqual([found(10, 1), found(20, 2, 25), found(30, 3)]);
    expect(timeline.contradictory).toBe(false);
  });

  it.each<[string, TimeAnswer[], boolean]>([
    ['a later time finds an earlier record', [found(10, 5), found(20, 4)], true],
    ['an earlier time should have found the later record', [found(10, 5, 30), found(20, 6)], true],
    ['both times find the same record', [found(10, 5, 30), found(20, 5, 30)], false],
    ['the later time finds none', [found(10, 5), nothing(20)], false],
    ['both times find none', [nothing(10), nothing(20)], false],
  ])('knows whether answers exclude each other: %s', (_, answers, contradictory) => {
    expect(timelineOf(...answers).contradictory).toBe(contradictory);
    expect(timelineOf(...answers.toReversed()).contradictory).toBe(contradictory);
  });

  it('stays contradictory', () => {
    expect(timelineOf(found(10, 5), found(20, 4), found(5, 1)).contradictory).toBe(true);
  });

  it('drops an answer without a record when the record was appended later', () => {
    expect(timelineOf(nothing(10), found(20, 9))).toEqual({ answers: [found(20, 9)], contradictory: false });
  });
});

describe('placeOf', () => {
  const timeline = timelineOf(found(10, 5), found(20, 5, 20), found(30, 9), nothing(40));

  it.each([
    [2, { after: found(10, 5) }],
    [5, { at: found(10, 5) }],
    [7, { before: found(20, 5, 20), after: found(30, 9) }],
    [9, { before: found(20, 5, 20), at: found(30, 9) }],
    [12, { before: found(30, 9), after: nothing(40) }],
  ])('of offset %i has the answers around it', (offset, place) => {
    expect(placeOf(timeline, offset)).toEqual(place);
  });

  it('has no answer without answers, and none after the last one', () => {
    expect(placeOf(emptyTimeline, 3)).toEqual({});
    expect(placeOf(timelineOf(found(10, 1)), 3)).toEqual({ before: found(10, 1) });
  });
});

describe('worthKeeping', () => {
  const timeline = timelineOf(found(10, 1), found(20, 3), found(30, 7), found(40, 9), nothing(50));

  it('keeps the last answer before all offsets and later ones, up to a limit', () => {
    expect(worthKeeping(timeline, [8, 5], 9).answers).toEqual([found(20, 3), found(30, 7), found(40, 9), nothing(50)]);
    expect(worthKeeping(timeline, [5], 2).answers).toEqual([found(20, 3), found(30, 7)]);
    expect(worthKeeping(timeline, [0], 1).answers).toEqual([found(10, 1)]);
  });

  it('keeps no answers that contradict each other', () => {
    expect(worthKeeping({ ...timeline, contradictory: true }, [5], 9)).toEqual(emptyTimeline);
  });
});

describe('stillTrue', () => {
  const timeline = timelineOf(found(10, 1), nothing(50));

  it('drops answers without a record for offsets beyond the log end', () => {
    expect(stillTrue(timeline, 9, 8)).toEqual(timeline);
    expect(stillTrue(timeline, 9, 9).answers).toEqual([found(10, 1)]);
  });
});
