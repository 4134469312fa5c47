/** `npm run bench -- history`: the cost of a simulated cluster's history. Needs no Kafka. */
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { figuresSchema, type HistoryFigures, medianFigures, sizeRows, stepRows } from '#bench/history/report.ts';
import { renderTable } from '#cli/terminal/render.ts';
import { startChild } from '#local/process/child.ts';
import { loadNow, machine } from './machine.ts';

/** As in `bench/history/run.ts`. */
const PARTITIONS_OF_GROUP = 50;
const DEFAULT_SIZES = [50_000, 500_000];

interface HistoryFlags {
  readonly partitions?: readonly number[];
  readonly keep: string;
}

/** The command for the runner. */
export const historyBenchmark = (): Command =>
  new Command('history')
    .description('the stored history: size, time and memory, at its steady number of polls; simulated, without Kafka')
    .option('--partitions <count>', 'partitions over all groups; may be given several times', parseSizes)
    .option('--keep <polls>', 'polls to keep, as the setting historySamples', '60')
    .action(runHistory);

async function runHistory({ partitions = DEFAULT_SIZES, keep }: HistoryFlags): Promise<void> {
  const before = loadNow();
  const measured = new Map<number, HistoryFigures>();
  for (const size of partitions) measured.set(size, await measure(size, keep));
  const setting = { ...machine(), load: { before, after: loadNow() }, keep: Number(keep) };
  const show = ({ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] }) =>
    void process.stdout.write(`${renderTable(head, rows)}\n`);
  show({
    head: ['setting', 'value'],
    rows: Object.entries(setting).map(([key, value]) => [key, JSON.stringify(value)]),
  });
  show(sizeRows(measured));
  show(stepRows(measured));
  const sizes = Object.fromEntries([...measured].map(([size, figures]) => [size, medianFigures(figures)]));
  process.stdout.write(`${JSON.stringify({ benchmark: 'history', ...setting, sizes })}\n`);
}

async function measure(partitions: number, keep: string): Promise<HistoryFigures> {
  const lines: string[] = [];
  const child = startChild({
    command: process.execPath,
    args: [
      '--expose-gc',
      join(import.meta.dirname, 'history', 'run.ts'),
      `--partitions=${partitions}`,
      `--keep=${keep}`,
    ],
    name: `history of ${partitions} partitions`,
    onLine: (line, stream) => void (stream === 'stdout' && lines.push(line)),
  });
  const { code, signal } = await child.exited;
  if (code !== 0) throw new Error(`the process ended with ${signal ?? `code ${code}`}:\n${child.tail().join('\n')}`);
  return figuresSchema.parse(JSON.parse(lines.at(-1) ?? ''));
}

function parseSizes(text: string, before: readonly number[] = []): readonly number[] {
  const size = Number(text);
  if (Number.isInteger(size) && size > 0 && size % PARTITIONS_OF_GROUP === 0) return [...before, size];
  throw new InvalidArgumentError(`It must be a multiple of ${PARTITIONS_OF_GROUP} above 0.`);
}
