/** A forecast: until when, and what that rests on. */
import { z } from 'zod';

export const forecastSchema = z.object({
  /** From now on. */
  seconds: z.number(),
  /** Polls that it rests on. */
  samples: z.number(),
  /**
   * It rests on the topic's configuration and the age of a record too; absent: on the movement of
   * offsets alone.
   */
  by: z.literal('retention').exactOptional(),
});

export type Forecast = z.infer<typeof forecastSchema>;
