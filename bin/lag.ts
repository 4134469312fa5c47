#!/usr/bin/env node
/** The command line. `src/cli/exit-codes.ts` has its exit codes. */
import { CommanderError } from 'commander';
import { EXIT_CODES, exitCodeOf } from '#cli/exit-codes.ts';
import { createProgram } from '#cli/program.ts';
import { renderLine } from '#cli/terminal/render.ts';
import { messageOf } from '#core/errors.ts';

// The reader of a pipe may close it early, as `head` does. Nobody reads further output then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(renderLine(`the output could not be written to stdout: ${error.message}`));
  process.exit(EXIT_CODES.usage);
});
// When nobody reads stderr, the exit code still reports the failure.
process.stderr.on('error', () => {});

try {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode; // commander has printed it
  } else {
    process.stderr.write(renderLine(messageOf(error)));
    process.exitCode = exitCodeOf(error);
  }
}
