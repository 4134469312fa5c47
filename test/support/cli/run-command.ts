/** A command in this process, for what needs no process of its own. */
import type { Command } from 'commander';
import { LagCommand } from '#cli/lag-command.ts';

/** Parses the arguments and acts on them. @throws what the command throws, and what commander says of wrong usage */
export async function runCommand(equip: (command: Command) => void, args: readonly string[]): Promise<void> {
  const command = new LagCommand('command').configureOutput({ outputError: () => {} });
  equip(command);
  await command.parseAsync([...args], { from: 'user' });
}
