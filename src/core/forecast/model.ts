/** A forecast: a time, and the data behind it. */
import { z } from 'zod';

export const forecastSchema = z.object({
  /** From now on. */
  seconds: z.number(),
  /** Polls that the forecast uses. */
  samples: z.number(),
  /**
   * Present when the forecast uses the topic's retention and the age of a record. Absent when it
   * uses the movement of offsets alone.
   */
  by: z.literal('retention').exactOptional(),
});

export type Forecast = z.infer<typeof forecastSchema>;
