/**
 * Every command, in the order of the help. A command is loaded when it runs: Kafka's client takes
 * half a second.
 */
import type { Command } from 'commander';

/** A command as the program's help lists it. */
interface ListedCommand {
  readonly name: string;
  readonly description: string;
  /** Loads the function that adds options and action to the command. */
  readonly load: () => Promise<(command: Command) => void>;
}

export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'describe',
    description: 'show offsets, lag, owners and state of consumer groups, read from the brokers now',
    load: async () => (await import('#cli/commands/describe.ts')).equipDescribe,
  },
  {
    name: 'watch',
    description: 'poll all groups until Ctrl-C, and show status, lag, age, rates and time to drain; publishes nothing',
    load: async () => (await import('#cli/commands/watch.ts')).equipWatch,
  },
  {
    name: 'history',
    description: 'chart the lag and rates of one group over the last hour, from a stored history without a broker',
    load: async () => (await import('#cli/commands/history.ts')).equipHistory,
  },
  {
    name: 'poll',
    description:
      'run one poll as the function does each minute, and print its metrics as EMF documents, or publish them',
    load: async () => (await import('#cli/commands/poll.ts')).equipPoll,
  },
  {
    name: 'check',
    description: 'verify brokers, login and permissions, and say how to fix what is missing',
    load: async () => (await import('#cli/commands/check.ts')).equipCheck,
  },
  {
    name: 'discover',
    description: 'list the MSK clusters of a Region, or show one with the addresses of its brokers',
    load: async () => (await import('#cli/commands/discover.ts')).equipDiscover,
  },
  {
    name: 'cost',
    description: 'estimate the monthly bill by item before you deploy, from list prices and assumptions that it prints',
    load: async () => (await import('#cli/commands/cost.ts')).equipCost,
  },
  {
    name: 'demo',
    description: 'play the whole loop on a real Kafka broker that it starts, without an AWS account',
    load: async () => (await import('#cli/commands/demo.ts')).equipDemo,
  },
];
