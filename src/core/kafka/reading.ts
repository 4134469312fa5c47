import { z } from 'zod';

/**
 * A value that was requested, with one of three outcomes that are never mixed: it is `known`; it is
 * `absent` when the source answered that there is none; it is `unknown` when it could not be read.
 * An unknown value is never published, summed or used for a decision.
 */
export type Reading<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Schema of a `Reading`. */
export const readingSchema = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('known'), value }),
    z.object({ kind: z.literal('absent') }),
    z.object({ kind: z.literal('unknown'), reason: z.string() }),
  ]);

/** The reading of a value. */
export const known = <T>(value: T): Reading<T> => ({ kind: 'known', value });

/** The reading of a source that has no value. */
export const absent: Reading<never> = { kind: 'absent' };

/** The reading of a value that could not be read. People see the reason. */
export const unknown = (reason: string): Reading<never> => ({ kind: 'unknown', reason });

/** The value; undefined when it is absent or unknown. */
export const knownValue = <T>(reading: Reading<T>): T | undefined =>
  reading.kind === 'known' ? reading.value : undefined;

/** Why a reading has no value, for people; undefined when it has one. */
export const whyMissing = (reading: Reading<unknown>): string | undefined =>
  reading.kind === 'absent' ? 'there is none' : reading.kind === 'unknown' ? reading.reason : undefined;
