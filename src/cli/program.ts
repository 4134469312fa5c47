/** The program `lag`: its commands, and its help. */
import type { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from './commands.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { LagCommand } from './lag-command.ts';

/**
 * The program for these arguments. It loads only the command that they begin with.
 *
 * Parsing throws what the command throws, and a CommanderError for wrong usage after it is printed.
 */
export async function createProgram([wanted]: readonly string[]): Promise<Command> {
  const program = new LagCommand('lag')
    .description('Reports the consumer lag of Amazon MSK.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', `\n${EXIT_CODES_HELP}`)
    // Commands that are not loaded have no options yet.
    .configureHelp({ subcommandTerm: (command) => `${command.name()} [options]` });
  for (const { name, description, load } of COMMANDS) {
    const command = program.command(name).description(description);
    if (name === wanted) (await load())(command);
  }
  return program;
}
