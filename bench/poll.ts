/** `npm run bench -- poll`: the cost of reading a whole cluster, compared with kafkajs. */
import { Command, InvalidArgumentError } from 'commander';
import { type Contender, measureAll, type Reports, samplesOf } from '#bench/poll/measure.ts';
import { compareWithPlan, compareWithTool } from '#bench/poll/oracle.ts';
import { checkPlan, countPlan, type PollPlan } from '#bench/poll/plan.ts';
import { populate } from '#bench/poll/populate.ts';
import { contenderRows, type Figures, figuresOf, requestRows, targetRows, verdictOf } from '#bench/poll/report.ts';
import { renderTable } from '#cli/terminal/render.ts';
import { startKafka } from '#local/kafka/broker.ts';
import { loadNow, machine } from './machine.ts';

const BROKERS = 3;
/** Half of the memory of the reading functions: V8's default for old objects at that size. */
const HEAP_MB = 768;

interface PollFlags extends PollPlan {
  readonly repetitions: number;
  readonly warm: number;
  readonly heapMb: number;
}

/** The command for the runner. It sets the exit code when a reading was wrong. */
export function pollBenchmark(): Command {
  return new Command('poll')
    .description('cost of a reading: time, requests, memory, beside kafkajs; with 3 brokers of its own')
    .option('--groups <count>', 'consumer groups', parseCount, 1_000)
    .option('--partitions <count>', 'partitions that each group committed for', parseCount, 50)
    .option('--topics <count>', 'topics, shared by the groups', parseCount, 200)
    .option('--repetitions <count>', 'processes of each reader, in turn', parseCount, 5)
    .option('--warm <count>', 'readings of each process after its first', parseCount, 3)
    .option('--heap-mb <megabytes>', 'heap of each process, as in a function of twice the memory', parseCount, HEAP_MB)
    .action(runPoll);
}

async function runPoll(flags: PollFlags): Promise<void> {
  checkPlan(flags);
  const counts = countPlan(flags);
  const progress = (line: string) => void process.stderr.write(`bench: ${line}\n`);
  const kafka = await startKafka({ brokers: BROKERS, progress });
  try {
    const { bootstrap } = kafka;
    await populate(bootstrap, flags, progress);
    const loadBefore = loadNow();
    const reports = await measureAll({ ...flags, bootstrap, progress });
    const load = { before: loadBefore, after: loadNow() };
    progress('comparing with the official tool');
    const wrong = [
      ...compareWithPlan(flags, counts, Object.values(reports).flatMap(samplesOf)),
      ...(await compareWithTool(bootstrap, flags)),
    ];
    for (const line of wrong) progress(line);
    if (wrong.length > 0) process.exitCode = 1;
    const setting = { ...machine(), load, kafka: kafka.kafkaVersion, brokers: BROKERS, ...flags, ...counts };
    printReports(flags, reports, { ...setting, lagMatchesOracle: wrong.length === 0 });
  } finally {
    await kafka.stop();
  }
}

function printReports(plan: PollPlan, reports: Reports, setting: Readonly<Record<string, unknown>>): void {
  const figures = Object.fromEntries(
    Object.entries(reports).map(([contender, of]) => [contender, figuresOf(of)]),
  ) as Record<Contender, Figures>;
  const verdict = verdictOf(reports, figures);
  const { read, readWithAge, poll, kafkajs } = figures;
  const show = (table: { head: readonly string[]; rows: readonly (readonly string[])[] }) =>
    void process.stdout.write(`${renderTable(table.head, table.rows)}\n`);
  show({
    head: ['setting', 'value'],
    rows: Object.entries(setting).map(([key, value]) => [key, JSON.stringify(value)]),
  });
  show(contenderRows(figures));
  show(requestRows(readWithAge));
  show(targetRows(plan, verdict));
  const medians = {
    processStartMs: read.processStartMs.median,
    firstReadMs: read.firstReadMs.median,
    coldMs: read.coldMs.median,
    warmMs: read.warmMs.median,
    warmWithAgeMs: readWithAge.warmMs.median,
    pollWarmMs: poll.warmMs.median,
    kafkajsColdMs: kafkajs.coldMs.median,
    kafkajsWarmMs: kafkajs.warmMs.median,
  };
  const rounded = Object.fromEntries(Object.entries(medians).map(([key, ms]) => [key, Math.round(ms)]));
  process.stdout.write(`${JSON.stringify({ benchmark: 'poll', ...setting, ...verdict, ...rounded })}\n`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
