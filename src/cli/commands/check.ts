/** `lag check`: is everything there that a reading needs? A line for each thing, with what to do where it is not. */
import { Command } from 'commander';
import type { Check } from '../../adapters/kafka/check/check.ts';
import { selfCheck } from '../../adapters/kafka/check/self-check.ts';
import { SettingsError } from '../../core/errors.ts';
import { type ConnectionFlags, readerOptionsOf, withConnection } from '../connection.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { renderTable } from '../render.ts';

interface CheckFlags extends ConnectionFlags {
  readonly group?: string[];
  readonly topic?: string[];
  readonly json: boolean;
}

/** The command, to be added to a program. It sets the exit code. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description('brokers, login and rights: what a reading needs, and what to do where it is lacking')
    .option('-g, --group <name...>', 'groups that must be visible')
    .option('-t, --topic <name...>', 'topics that must be visible');
  return withConnection(command)
    .option('--json', 'an array of {name, result: ok | denied | unknown, detail, todo}', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(check);
}

async function check(flags: CheckFlags): Promise<void> {
  if (flags.reader !== 'batch')
    throw new SettingsError(['--reader is of no use here: the check asks as the batch reader does']);
  const { group: groups = [], topic: topics = [] } = flags;
  const { checks, reached } = await selfCheck({ ...(await readerOptionsOf(flags)), groups, topics });
  process.stdout.write(flags.json ? `${JSON.stringify(checks, null, 2)}\n` : tableOf(checks));
  if (!reached) process.exitCode = EXIT_CODES.kafka;
  else if (checks.some(({ result }) => result !== 'ok')) process.exitCode = EXIT_CODES.partial;
}

const tableOf = (checks: readonly Check[]): string =>
  renderTable(
    ['RESULT', 'CHECK', 'FOUND', 'TO DO'],
    checks.map(({ name, result, detail, todo = '-' }) => [result, name, detail, todo]),
  );
