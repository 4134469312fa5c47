#!/usr/bin/env node
/** The command line. Exit codes: 0 ok, 1 usage or settings, 2 Kafka unreachable or login refused, 3 partly unknown. */
import { CommanderError } from 'commander';
import { EXIT_CODES, exitCodeOf } from '#cli/exit-codes.ts';
import { createProgram } from '#cli/program.ts';
import { renderLine } from '#cli/terminal/render.ts';
import { messageOf } from '#core/errors.ts';

// The reader of a pipe may leave early, as `head` does: nothing is left to say then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(renderLine(`what was found could not be written to stdout: ${error.message}`));
  process.exit(EXIT_CODES.usage);
});
// Where nobody reads what went wrong, the exit code still tells.
process.stderr.on('error', () => {});

try {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode; // commander has spoken
  } else {
    process.stderr.write(renderLine(messageOf(error)));
    process.exitCode = exitCodeOf(error);
  }
}
