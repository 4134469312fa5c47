/** Measures the readers side by side: each in a process of its own, one after another, in turn. */
import { join } from 'node:path';
import { startChild } from '../../src/local/child.ts';
import { type ProcessReport, parseReport, type Sample } from './sample.ts';

/** What is compared. */
export const CONTENDERS = {
  read: { title: 'read', args: ['read-batch.ts'] },
  readWithAge: { title: 'read with ages', args: ['read-batch.ts', '--ages'] },
  kafkajs: { title: 'kafkajs admin', args: ['read-kafkajs.ts'] },
} as const;
export type Contender = keyof typeof CONTENDERS;

export type Reports = Readonly<Record<Contender, readonly ProcessReport[]>>;

export interface MeasureOptions {
  readonly bootstrap: string;
  /** Processes of each contender. */
  readonly repetitions: number;
  /** Readings of each process after its first. */
  readonly warm: number;
  /** Node options of the processes. */
  readonly nodeOptions: readonly string[];
  readonly progress: (line: string) => void;
}

/** Runs every contender `repetitions` times. @throws when one fails, with its last words */
export async function measureAll(options: MeasureOptions): Promise<Reports> {
  const reports: Record<Contender, ProcessReport[]> = { read: [], readWithAge: [], kafkajs: [] };
  const contenders = Object.keys(CONTENDERS) as Contender[];
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    // The order turns around each time, so that none is always the one that comes after the heaviest.
    for (const contender of repetition % 2 === 0 ? contenders : contenders.toReversed()) {
      const report = await runProcess(contender, options);
      reports[contender].push(report);
      const { title } = CONTENDERS[contender];
      options.progress(`${repetition + 1}/${options.repetitions} ${title}: first ${Math.round(report.first.ms)} ms`);
    }
  }
  return reports;
}

async function runProcess(contender: Contender, options: MeasureOptions): Promise<ProcessReport> {
  const { title, args } = CONTENDERS[contender];
  const [program, ...flags] = args;
  const lines: string[] = [];
  const child = startChild({
    command: process.execPath,
    args: [
      ...options.nodeOptions,
      '--disable-warning=TimeoutNegativeWarning',
      join(import.meta.dirname, program),
      `--bootstrap=${options.bootstrap}`,
      `--warm=${options.warm}`,
      ...flags,
    ],
    name: title,
    onLine: (line, stream) => void (stream === 'stdout' && lines.push(line)),
  });
  const { code, signal } = await child.exited;
  if (code !== 0) throw new Error(`${title} ended with ${signal ?? `code ${code}`}:\n${child.tail().join('\n')}`);
  return parseReport(lines.at(-1) ?? '');
}

/** Every reading of a contender. */
export const samplesOf = (reports: readonly ProcessReport[]): readonly Sample[] =>
  reports.flatMap(({ first, warm }) => [first, ...warm]);
