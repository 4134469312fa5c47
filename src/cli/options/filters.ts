/** The options that say which groups and topics a command reads, and how far its groups read. */

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

/** Gives a command the options. */
export function withFilters(command: Command): Command {
  const patterns = (flags: string, description: string) => new Option(flags, description).argParser(parsePattern);
  return command
    .addOption(
      patterns('--groups <pattern...>', 'groups to read, as globs or /regular expressions/').conflicts('group'),
    )
    .addOption(patterns('--exclude-groups <pattern...>', 'groups not to read').conflicts('group'))
    .addOption(patterns('--topics <pattern...>', 'topics to read'))
    .addOption(patterns('--exclude-topics <pattern...>', 'topics not to read'))
    .option('--internal-topics', 'read topics too whose names begin with __', false)
    .addOption(
      patterns(
        '--read-committed <pattern...>',
        'groups whose lag counts to the last stable offset, not to the log end',
      ),
    );
}

/** The filters that the options ask for. */
export const filtersOf = (flags: FilterFlags): Filters =>
  filtersSchema.parse({
    groups: namesOf(flags.groups, flags.excludeGroups),
    topics: namesOf(flags.topics, flags.excludeTopics),
    internalTopics: flags.internalTopics,
  });

/** The setting `isolation` that the options ask for. */
export const isolationOf = ({ readCommitted = [] }: FilterFlags): Settings['isolation'] =>
  readCommitted.map((groups) => ({ groups, level: 'read_committed' }));

const namesOf = (include: readonly string[] | undefined, exclude: readonly string[] | undefined) =>
  present({ include, exclude });

/** Values that an option takes come one by one. */
function parsePattern(pattern: string, earlier: readonly string[] = []): readonly string[] {
  if (pattern === '') throw new InvalidArgumentError('It is empty, which means no name; * means all of them.');
  try {
    compilePattern(pattern);
  } catch (error) {
    throw new InvalidArgumentError(`It ${messageOf(error)}.`);
  }
  return [...earlier, pattern];
}
