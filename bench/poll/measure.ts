/** Measures the readers in turn, each in its own process. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS } from '#bin/bundle-options.ts';
import { removeFolder, removeFolderAtExit, startChild } from '#local/process/child.ts';
import { type ProcessReport, parseReport, type Sample } from './sample.ts';

/** The compared readers. */
export const CONTENDERS = {
  read: { title: 'read', args: ['read-batch'] },
  readWithAge: { title: 'read with ages', args: ['read-batch', '--ages'] },
  poll: { title: 'whole poll', args: ['poll-whole'] },
  kafkajs: { title: 'kafkajs admin', args: ['read-kafkajs'] },
} as const;
export type Contender = keyof typeof CONTENDERS;

export type Reports = Readonly<Record<Contender, readonly ProcessReport[]>>;

export interface MeasureOptions {
  readonly bootstrap: string;
  /** Processes of each contender. */
  readonly repetitions: number;
  /** Readings of each process after its first. */
  readonly warm: number;
  /** V8's limit for old objects: it collects garbage only when it needs room. */
  readonly heapMb: number;
  readonly progress: (line: string) => void;
}

/**
 * Runs every contender `repetitions` times, bundled like the functions.
 *
 * @throws with the output of one that fails
 */
export async function measureAll(options: MeasureOptions): Promise<Reports> {
  const folder = await mkdtemp(join(tmpdir(), 'lag-bench-'));
  removeFolderAtExit(folder);
  try {
    const programs = new Set(Object.values(CONTENDERS).map(({ args }) => args[0]));
    await build({
      ...BUNDLE_OPTIONS,
      entryPoints: [...programs].map((program) => join(import.meta.dirname, `${program}.ts`)),
      outdir: folder,
    });
    return await measureIn(folder, options);
  } finally {
    removeFolder(folder);
  }
}

async function measureIn(folder: string, options: MeasureOptions): Promise<Reports> {
  const reports: Record<Contender, ProcessReport[]> = { read: [], readWithAge: [], poll: [], kafkajs: [] };
  const contenders = Object.keys(CONTENDERS) as Contender[];
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    // The order alternates, so that no contender always runs after the heaviest one.
    for (const contender of repetition % 2 === 0 ? contenders : contenders.toReversed()) {
      const report = await runProcess(folder, contender, options);
      reports[contender].push(report);
      const { title } = CONTENDERS[contender];
      options.progress(`${repetition + 1}/${options.repetitions} ${title}: first ${Math.round(report.first.ms)} ms`);
    }
  }
  return reports;
}

async function runProcess(folder: string, contender: Contender, options: MeasureOptions): Promise<ProcessReport> {
  const { title, args } = CONTENDERS[contender];
  const [program, ...flags] = args;
  const lines: string[] = [];
  const child = startChild({
    command: process.execPath,
    args: [
      `--max-old-space-size=${options.heapMb}`,
      '--disable-warning=TimeoutNegativeWarning',
      join(folder, `${program}.mjs`),
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
