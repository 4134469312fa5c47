/** The cost of a history: the report of a measured process, and its tables. */
import { z } from 'zod';
import { showSpread, spreadOf } from '#bench/statistics.ts';

const stepSchema = z.array(z.object({ ms: z.number().positive(), cpuMs: z.number().nonnegative() })).min(1);

export const figuresSchema = z.object({
  groups: z.number().int(),
  /** Polls in the history at the end. */
  polls: z.number().int(),
  /** The poll's problem when fewer polls fit than wanted. */
  shortage: z.string().nullable(),
  /** Size of the stored object. */
  objectMb: z.number().positive(),
  /** Memory that becomes free without the history. */
  heldMb: z.number(),
  /** Memory of the process, including the simulation. */
  peakRssMb: z.number().positive(),
  /** Each time; CPU of the whole process. */
  steps: z.object({ append: stepSchema, save: stepSchema, load: stepSchema }),
});
export type HistoryFigures = z.infer<typeof figuresSchema>;

/** What each step does, for people. */
const STEPS = { append: 'append a reading', save: 'encode, gzip, put', load: 'get, gunzip, decode' } as const;
const STEP_NAMES = Object.keys(STEPS) as (keyof typeof STEPS)[];

/** Head and rows of sizes, by number of partitions. */
export function sizeRows(measured: ReadonlyMap<number, HistoryFigures>) {
  const head = ['partitions', 'groups', 'polls kept', 'object MB', 'held in memory MB', 'peak RSS MB with simulation'];
  const rows = [...measured].map(([partitions, { groups, polls, objectMb, heldMb, peakRssMb }]) => [
    ...[partitions, groups, polls].map(String),
    objectMb.toFixed(1),
    heldMb.toFixed(0),
    peakRssMb.toFixed(0),
  ]);
  return { head, rows };
}

/** Head and rows of times. */
export function stepRows(measured: ReadonlyMap<number, HistoryFigures>) {
  const head = ['partitions', 'step', 'ms', 'CPU ms'];
  const rows = [...measured].flatMap(([partitions, { steps }]) =>
    STEP_NAMES.map((step) => [
      String(partitions),
      STEPS[step],
      showSpread(
        spreadOf(
          step,
          steps[step].map(({ ms }) => ms),
        ),
      ),
      showSpread(
        spreadOf(
          step,
          steps[step].map(({ cpuMs }) => cpuMs),
        ),
      ),
    ]),
  );
  return { head, rows };
}

/** The medians of one size, for the last line. */
export function medianFigures({ steps, ...figures }: HistoryFigures) {
  const medians = STEP_NAMES.map((step) => [
    `${step}CpuMs`,
    Math.round(
      spreadOf(
        step,
        steps[step].map((s) => s.cpuMs),
      ).median,
    ),
  ]);
  return { ...figures, ...Object.fromEntries(medians) };
}
