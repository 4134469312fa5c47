/** `lag check`: is everything there that a reading needs? A line for each thing, with what to do where it is not. */
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

/** Gives the command its options and what it does. It sets the exit code. */
export function equipCheck(command: Command): void {
  command
    .option('-g, --group <name...>', 'groups that must be visible')
    .option('-t, --topic <name...>', 'topics that must be visible');
  withConnection(command)
    .option('--json', 'an array of {name, result: ok | denied | unknown, detail, todo}', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(check);
}

async function check(flags: CheckFlags): Promise<void> {
  if (!READERS[flags.reader].isChecked) {
    throw new SettingsError([`--reader ${flags.reader} is of no use here: the check does not send its requests`]);
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
