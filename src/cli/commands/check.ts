/** `lag check`: verifies everything that a reading needs, and says how to fix what is missing. */
import type { Command } from 'commander';
import type { Check } from '#adapters/kafka/check/check.ts';
import { EXIT_CODES } from '#cli/exit-codes.ts';
import { type ConnectionFlags, readerOptionsOf, withConnection } from '#cli/options/connection.ts';
import { READERS } from '#cli/options/reader.ts';
import { renderTable } from '#cli/terminal/render.ts';
import { SettingsError } from '#core/errors.ts';

interface CheckFlags extends ConnectionFlags {
  readonly group?: string[];
  readonly topic?: string[];
  readonly json: boolean;
}

/** Adds options and action to the command. The action sets the exit code. */
export function equipCheck(command: Command): void {
  command
    .option('-g, --group <name...>', 'groups that you must be able to see')
    .option('-t, --topic <name...>', 'topics that you must be able to see');
  withConnection(command)
    .option('--json', 'print an array of {name, result: ok | denied | unknown, detail, todo}', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(check);
}

async function check(flags: CheckFlags): Promise<void> {
  if (!READERS[flags.reader].isChecked) {
    throw new SettingsError([
      `--reader ${flags.reader} does not apply to lag check, which verifies what the batch reader needs`,
    ]);
  }
  const { group: groups = [], topic: topics = [] } = flags;
  const options = await readerOptionsOf(flags);
  const { selfCheck } = await import('#adapters/kafka/check/self-check.ts');
  const { checks, reached } = await selfCheck({ ...options, groups, topics });
  process.stdout.write(flags.json ? `${JSON.stringify(checks, null, 2)}\n` : tableOf(checks));
  if (!reached) process.exitCode = EXIT_CODES.kafka;
  else if (checks.some(({ result }) => result !== 'ok')) process.exitCode = EXIT_CODES.partial;
}

const tableOf = (checks: readonly Check[]): string =>
  renderTable(
    ['RESULT', 'CHECK', 'FOUND', 'TO DO'],
    checks.map(({ name, result, detail, todo = '-' }) => [result, name, detail, todo]),
  );
