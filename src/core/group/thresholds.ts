/**
 * How much lag of a group is too much: in records, in the age of its oldest unread record, and in
 * time to data loss.
 */
import { z } from 'zod';
import { firstMatch, patternSchema } from '#core/names/patterns.ts';

/** `none` turns the threshold off. */
const recordsSchema = z.union([z.number().int().positive(), z.literal('none')]);
const secondsSchema = z.union([z.number().positive(), z.literal('none')]);

/** Schema of one entry of `thresholds`; `defaultThreshold` fills in what it omits. */
export const thresholdSchema = z
  .strictObject({
    /** Pattern of group ids. */
    groups: patternSchema,
    /** Records of lag at which LagRatio is 1. */
    lag: recordsSchema.exactOptional(),
    /** Age of the oldest unread record at which LagRatio is 1. */
    ageSeconds: secondsSchema.exactOptional(),
    /** Time to data loss at which LagRatio is 1. */
    dataLossHorizonSeconds: secondsSchema.exactOptional(),
  })
  .refine(({ groups: _, ...thresholds }) => Object.keys(thresholds).length > 0, {
    error: 'must have at least one of lag, ageSeconds and dataLossHorizonSeconds',
  });

/** Schema of `defaultThreshold`, for groups and thresholds that no entry sets. */
export const defaultThresholdSchema = z.strictObject({
  /**
   * High, since an age means more: the records of a backlog in one group are a second of work in
   * another.
   */
  lag: recordsSchema.default(100_000),
  ageSeconds: secondsSchema.default(900),
  dataLossHorizonSeconds: secondsSchema.default(7_200),
});

/** The thresholds of one group. */
export const groupThresholdsSchema = z.object({
  /** Records. Absent: lag in records does not cause an alarm. */
  lag: z.number().exactOptional(),
  /** Absent: the age does not cause an alarm. */
  ageSeconds: z.number().exactOptional(),
  /** Absent: a data loss ahead does not cause an alarm. */
  dataLossHorizonSeconds: z.number().exactOptional(),
});
export type GroupThresholds = z.infer<typeof groupThresholdsSchema>;

/** The settings that define thresholds. */
export interface ThresholdSettings {
  readonly thresholds: readonly z.infer<typeof thresholdSchema>[];
  readonly defaultThreshold: z.infer<typeof defaultThresholdSchema>;
  /** 0: ages are not requested, so no age threshold applies. */
  readonly ageRounds: number;
}

/**
 * The thresholds of groups by id: from the first entry whose pattern matches the group, and
 * otherwise the defaults. Patterns are compiled once, here.
 */
export function thresholdsOf(settings: ThresholdSettings): (groupId: string) => GroupThresholds {
  const entryOf = firstMatch(settings.thresholds);
  return (groupId) => {
    const { lag, ageSeconds, dataLossHorizonSeconds } = { ...settings.defaultThreshold, ...entryOf(groupId) };
    return {
      ...(lag === 'none' ? {} : { lag }),
      ...(ageSeconds === 'none' || settings.ageRounds === 0 ? {} : { ageSeconds }),
      ...(dataLossHorizonSeconds === 'none' ? {} : { dataLossHorizonSeconds }),
    };
  };
}

/** The same thresholds with every duration multiplied. */
export function scaleThreshold<T extends Partial<ThresholdSettings['defaultThreshold']>>(
  threshold: T,
  factor: number,
): T {
  const scaled = (['ageSeconds', 'dataLossHorizonSeconds'] as const).flatMap((key) => {
    const seconds = threshold[key];
    return typeof seconds === 'number' ? [[key, seconds * factor] as const] : [];
  });
  return { ...threshold, ...Object.fromEntries(scaled) };
}
