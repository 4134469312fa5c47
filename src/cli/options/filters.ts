/** The options that choose groups and topics, and the offset that lag counts to. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '#core/errors.ts';
import { type Filters, filtersSchema } from '#core/names/filters.ts';
import { compilePattern } from '#core/names/patterns.ts';
import type { Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

export interface FilterFlags {
  readonly groups?: readonly string[];
  readonly excludeGroups?: readonly string[];
  readonly topics?: readonly string[];
  readonly excludeTopics?: readonly string[];
  readonly internalTopics: boolean;
  readonly readCommitted?: readonly string[];
}

/** Adds the options to a command. */
export function withFilters(command: Command): Command {
  const patterns = (flags: string, description: string) => new Option(flags, description).argParser(parsePattern);
  return command
    .addOption(patterns('--groups <pattern...>', 'groups to read: globs or /regular expressions/').conflicts('group'))
    .addOption(patterns('--exclude-groups <pattern...>', 'groups not to read').conflicts('group'))
    .addOption(patterns('--topics <pattern...>', 'topics to read'))
    .addOption(patterns('--exclude-topics <pattern...>', 'topics not to read'))
    .option('--internal-topics', 'also read topics whose names begin with __', false)
    .addOption(
      patterns('--read-committed <pattern...>', 'groups whose lag counts to the last stable offset, not the log end'),
    );
}

/** The filters that the options describe. */
export const filtersOf = (flags: FilterFlags): Filters =>
  filtersSchema.parse({
    groups: namesOf(flags.groups, flags.excludeGroups),
    topics: namesOf(flags.topics, flags.excludeTopics),
    internalTopics: flags.internalTopics,
  });

/** The setting `isolation` that the options describe. */
export const isolationEntries = ({ readCommitted = [] }: FilterFlags): Settings['isolation'] =>
  readCommitted.map((groups) => ({ groups, level: 'read_committed' }));

const namesOf = (include: readonly string[] | undefined, exclude: readonly string[] | undefined) =>
  present({ include, exclude });

/** commander passes the values of a variadic option one by one. */
function parsePattern(pattern: string, earlier: readonly string[] = []): readonly string[] {
  if (pattern === '') throw new InvalidArgumentError('It is empty, which matches no name; * matches all.');
  try {
    compilePattern(pattern);
  } catch (error) {
    throw new InvalidArgumentError(`It ${messageOf(error)}.`);
  }
  return [...earlier, pattern];
}
