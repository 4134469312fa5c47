/** The program `lag`: its commands, and its help. */
import type { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from './commands.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { LagCommand } from './lag-command.ts';

/** The program, fit to parse these arguments: of all commands only the one that they begin with is loaded. It throws what the command throws, and a CommanderError for wrong usage once that is told. */
export async function createProgram([asked]: readonly string[]): Promise<Command> {
  const program = new LagCommand('lag')
    .description('consumer lag of Amazon MSK, honestly')
    .version(manifest.version, '-V, --version', 'the version')
    .helpCommand(false)
    .addHelpText('after', `\n${EXIT_CODES_HELP}`)
    // The commands that are not loaded have no options yet.
    .configureHelp({ subcommandTerm: (command) => `${command.name()} [options]` });
  for (const { name, description, load } of COMMANDS) {
    const command = program.command(name).description(description);
    if (name === asked) (await load())(command);
  }
  return program;
}
