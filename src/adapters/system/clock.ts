import type { Clock } from '#core/ports.ts';

/** The clock of the machine. */
export const systemClock: Clock = { nowMs: () => Date.now() };
