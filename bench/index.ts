/**
 * The benchmarks: `npm run bench -- NAME`. Each prints tables, then one JSON object as its last
 * line.
 */
import { Command } from 'commander';
import { messageOf } from '#core/errors.ts';
import { ageBenchmark } from './age.ts';
import { dayBenchmark } from './day.ts';
import { historyBenchmark } from './history.ts';
import { pollBenchmark } from './poll.ts';

/** Every benchmark, in the order of the help. */
const BENCHMARKS = [ageBenchmark(), dayBenchmark(), historyBenchmark(), pollBenchmark()];

const program = new Command('bench').description('benchmarks of msk-lag-watcher').helpCommand(false);
for (const benchmark of BENCHMARKS) program.addCommand(benchmark);
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
