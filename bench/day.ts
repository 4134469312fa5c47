/**
 * `npm run bench -- day`: a day of simulated traffic through polls, statuses and alarms, compared
 * with a plain threshold and Burrow.
 */
import { Command, InvalidArgumentError } from 'commander';
import { stopPhases } from '#bench/day/phases.ts';
import { replayDay } from '#bench/day/play.ts';
import {
  asData,
  detectionRows,
  falseAlarmRows,
  inTime,
  phaseRows,
  type Rows,
  slowestStops,
} from '#bench/day/report.ts';
import { DAY_CONFIG, DAY_SETTINGS, DEFAULT_SETTINGS } from '#bench/day/settings.ts';
import { owed, verdicts } from '#bench/day/verdict.ts';
import { renderTable } from '#cli/terminal/render.ts';
import { synthesize } from '#local/template/synthesize.ts';

/** Objectives of age for the consumer stop, seconds. */
const AGES = [60, 90, 120, 300, 900];

/** The command for the runner. It sets the exit code when an alarm was late or false. */
export const dayBenchmark = (): Command =>
  new Command('day')
    .description('time to detect, and false alarms, over a day of simulated traffic; without Kafka')
    .option('--seed <number>', 'decides all that looks random', parseSeed, 1)
    .option('--defaults', 'as a watcher of which nobody has set a threshold', false)
    .action(runDay);

interface DayFlags {
  readonly seed: number;
  readonly defaults: boolean;
}

async function runDay({ seed, defaults }: DayFlags): Promise<void> {
  const template = await synthesize(DAY_CONFIG);
  const day = await replayDay({ template, seed, settings: defaults ? DEFAULT_SETTINGS : DAY_SETTINGS });
  const [faults, judged] = [owed(day.replayed), verdicts(day)];
  const phases = new Map<number, readonly number[]>();
  for (const ageSeconds of AGES) phases.set(ageSeconds, await stopPhases({ template, ageSeconds }));
  const show = ({ head, rows }: Rows) => void process.stdout.write(`${renderTable(head, rows)}\n`);
  show(detectionRows(faults, judged));
  show(falseAlarmRows(day.groups, judged));
  show(phaseRows(phases));
  const ok = inTime(faults, judged);
  if (!ok) process.exitCode = 1;
  const setting = { benchmark: 'day', seed, defaults, ok };
  const last = { ...setting, ...asData(faults, judged), slowestStopByAgeSeconds: slowestStops(phases) };
  process.stdout.write(`${JSON.stringify(last)}\n`);
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed > 0) return seed;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
