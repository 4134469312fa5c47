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
  it('keeps answers in the order of the times asked for, and each time once', () => {
    const timeline = timelineOf(found(30, 3), found(10, 1), found(20, 2), found(20, 2, 25));

    expect(timeline.answers).toEqual([found(10, 1), found(20, 2, 25), found(30, 3)]);
    expect(timeline.contradictory).toBe(false);
  });

  it.each<[string, TimeAnswer[], boolean]>([
    ['a later question finds an earlier record', [found(10, 5), found(20, 4)], true],
    ['an earlier question should have found the later record', [found(10, 5, 30), found(20, 6)], true],
    ['both find the same record', [found(10, 5, 30), found(20, 5, 30)], false],
    ['the later finds none', [found(10, 5), nothing(20)], false],
    ['both find none', [nothing(10), nothing(20)], false],
  ])('%s', (_, answers, contradictory) => {
    expect(timelineOf(...answers).contradictory).toBe(contradictory);
    expect(timelineOf(...answers.toReversed()).contradictory).toBe(contradictory);
  });

  it('stays contradictory', () => {
    expect(timelineOf(found(10, 5), found(20, 4), found(5, 1)).contradictory).toBe(true);
  });

  it('drops an earlier "none" when a record was appended since', () => {
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
  ])('of offset %i', (offset, place) => {
    expect(placeOf(timeline, offset)).toEqual(place);
  });

  it('is nowhere without answers, and open without a later one', () => {
    expect(placeOf(emptyTimeline, 3)).toEqual({});
    expect(placeOf(timelineOf(found(10, 1)), 3)).toEqual({ before: found(10, 1) });
  });
});

describe('worthKeeping', () => {
  const timeline = timelineOf(found(10, 1), found(20, 3), found(30, 7), found(40, 9), nothing(50));

  it('keeps the last answer before every offset and those behind it, as many as wanted', () => {
    expect(worthKeeping(timeline, [8, 5], 9).answers).toEqual([found(20, 3), found(30, 7), found(40, 9), nothing(50)]);
    expect(worthKeeping(timeline, [5], 2).answers).toEqual([found(20, 3), found(30, 7)]);
    expect(worthKeeping(timeline, [0], 1).answers).toEqual([found(10, 1)]);
  });

  it('keeps nothing of a log that contradicts itself', () => {
    expect(worthKeeping({ ...timeline, contradictory: true }, [5], 9)).toEqual(emptyTimeline);
  });
});

describe('stillTrue', () => {
  const timeline = timelineOf(found(10, 1), nothing(50));

  it('says "none" of records that were there, and of no later one', () => {
    expect(stillTrue(timeline, 9, 8)).toEqual(timeline);
    expect(stillTrue(timeline, 9, 9).answers).toEqual([found(10, 1)]);
  });
});
