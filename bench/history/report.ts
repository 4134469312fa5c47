/** What a history costs: what a measured process tells, and the tables of it. */
import { z } from 'zod';
import { showSpread, spreadOf } from '#bench/statistics.ts';

const stepSchema = z.array(z.object({ ms: z.number().positive(), cpuMs: z.number().nonnegative() })).min(1);

export const figuresSchema = z.object({
  groups: z.number().int(),
  /** Kept at last. */
  polls: z.number().int(),
  /** What a poll says of that, when fewer fit than are to be kept. */
  shortage: z.string().nullable(),
  /** Of the stored object. */
  objectMb: z.number().positive(),
  /** Memory that is free again without the history. */
  heldMb: z.number(),
  /** Of the process, the simulation included. */
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

/** What the last line tells of one size: medians. */
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
