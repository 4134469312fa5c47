/** A command in this process, for what needs no process of its own. */
import type { Command } from 'commander';

/** Parses the arguments and acts on them. @throws what the command throws, and what commander says of wrong usage */
export async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  const silent = command.exitOverride().configureOutput({ outputError: () => {} });
  await silent.parseAsync([...args], { from: 'user' });
}
