#!/usr/bin/env node
/** The command line. Exit codes: 0 ok, 1 usage or settings, 2 Kafka unreachable or login refused, 3 partly unknown. */
import { Command, CommanderError } from 'commander';
import { checkCommand } from '../src/cli/commands/check.ts';
import { costCommand } from '../src/cli/commands/cost.ts';
import { demoCommand } from '../src/cli/commands/demo.ts';
import { describeCommand } from '../src/cli/commands/describe.ts';
import { discoverCommand } from '../src/cli/commands/discover.ts';
import { historyCommand } from '../src/cli/commands/history.ts';
import { pollCommand } from '../src/cli/commands/poll.ts';
import { watchCommand } from '../src/cli/commands/watch.ts';
import { EXIT_CODES_HELP, exitCodeOf } from '../src/cli/exit-codes.ts';
import { renderLine } from '../src/cli/render.ts';
import { messageOf } from '../src/core/errors.ts';

/** Every command, in the order of the help. */
const COMMANDS = [
  describeCommand(),
  watchCommand(),
  historyCommand(),
  pollCommand(),
  checkCommand(),
  discoverCommand(),
  costCommand(),
  demoCommand(),
];

const program = new Command('lag')
  .description('consumer lag of Amazon MSK, honestly')
  .helpCommand(false)
  .addHelpText('after', `\n${EXIT_CODES_HELP}`);
for (const command of [program, ...COMMANDS]) {
  if (command !== program) program.addCommand(command);
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(renderLine(text.replace(/^error: /, ''))),
  });
}

// The reader of a pipe may leave early, as `head` does: nothing is left to say then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode; // commander has spoken
  } else {
    process.stderr.write(renderLine(messageOf(error)));
    process.exitCode = exitCodeOf(error);
  }
}
