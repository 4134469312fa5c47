/** A value that was asked for, and its three outcomes. */
import { z } from 'zod';

/**
 * A value that was asked for. Three outcomes, never blurred into one another:
 * `known`; `absent`, when the source answered that there is none; `unknown`, when it could not be read.
 * An unknown value is never published, summed or decided on.
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

/** A value that was read. */
export const known = <T>(value: T): Reading<T> => ({ kind: 'known', value });

/** Asked, and there is none. */
export const absent: Reading<never> = { kind: 'absent' };

/** Could not be read; `reason` is shown to people. */
export const unknown = (reason: string): Reading<never> => ({ kind: 'unknown', reason });

/** The value, or `undefined` when it is absent or unknown. */
export const knownValue = <T>(reading: Reading<T>): T | undefined =>
  reading.kind === 'known' ? reading.value : undefined;

/** Why a reading has no value, for people; `undefined` when it has one. */
export const whyMissing = (reading: Reading<unknown>): string | undefined =>
  reading.kind === 'known' ? undefined : reading.kind === 'absent' ? 'there is none' : reading.reason;
