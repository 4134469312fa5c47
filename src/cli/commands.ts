/** Every command, in the order of the help. What one of them needs is loaded when it is asked for: Kafka's client alone takes half a second. */
import type { Command } from 'commander';

/** A command, as far as the help of the program tells of it. */
interface ListedCommand {
  readonly name: string;
  readonly description: string;
  /** Loads what gives the command its options and its action. */
  readonly load: () => Promise<(command: Command) => void>;
}

export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'describe',
    description: 'offsets, lag, owners and state of consumer groups, read from the brokers now',
    load: async () => (await import('#cli/commands/describe.ts')).equipDescribe,
  },
  {
    name: 'watch',
    description:
      'all groups, read again and again: status, lag, age, rates, time to catch up; until Ctrl-C, publishing nothing',
    load: async () => (await import('#cli/commands/watch.ts')).equipWatch,
  },
  {
    name: 'history',
    description: 'lag and rates of one group over the last hour as a chart, from a history; asks no broker',
    load: async () => (await import('#cli/commands/history.ts')).equipHistory,
  },
  {
    name: 'poll',
    description:
      'one poll as the function does it each minute; prints the metrics it would publish, as EMF documents, or publishes them',
    load: async () => (await import('#cli/commands/poll.ts')).equipPoll,
  },
  {
    name: 'check',
    description: 'brokers, login and rights: what a reading needs, and what to do where it is lacking',
    load: async () => (await import('#cli/commands/check.ts')).equipCheck,
  },
  {
    name: 'discover',
    description: 'MSK clusters as AWS knows them: all of the Region, or one with the addresses of its brokers',
    load: async () => (await import('#cli/commands/discover.ts')).equipDiscover,
  },
  {
    name: 'cost',
    description:
      'what a watcher costs in a month, by item, at list prices and with the assumptions it prints; asks nobody',
    load: async () => (await import('#cli/commands/cost.ts')).equipCost,
  },
  {
    name: 'demo',
    description: 'the whole loop on a real Kafka broker, started for it, without an AWS account',
    load: async () => (await import('#cli/commands/demo.ts')).equipDemo,
  },
];
