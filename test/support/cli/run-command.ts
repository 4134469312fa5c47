/** Runs a command in this process. */
import type { Command } from 'commander';
import { LagCommand } from '#cli/lag-command.ts';

/**
 * Parses the arguments and runs the command.
 *
 * @throws what the command throws; CommanderError for wrong usage
 */
export async function runCommand(equip: (command: Command) => void, args: readonly string[]): Promise<void> {
  const command = new LagCommand('command').configureOutput({ outputError: () => {} });
  equip(command);
  await command.parseAsync([...args], { from: 'user' });
}
