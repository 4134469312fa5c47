/** Which groups and topics are read at all. What is filtered is not asked for: it is neither unreadable nor expected. */
import { z } from 'zod';
import { compilePatterns, type NameMatcher, patternSchema } from './patterns.ts';

const namesSchema = z.strictObject({
  /** Patterns of names to read. */
  include: z.array(patternSchema).min(1).default(['*']),
  /** Patterns of names not to read, even where `include` means them. */
  exclude: z.array(patternSchema).default([]),
});

/** Schema of the filters; by default everything is read but internal topics. */
export const filtersSchema = z.strictObject({
  groups: namesSchema.prefault({}),
  topics: namesSchema.prefault({}),
  /** Topics whose names begin with `__` (offsets, transactions, MSK's canary) are read too, as far as `topics` lets them through. */
  internalTopics: z.boolean().default(false),
});
export type Filters = z.infer<typeof filtersSchema>;

/** Filters as they are asked. */
export interface ReadFilters {
  /** The group is to be read. */
  readonly group: NameMatcher;
  /** The topic is to be read. */
  readonly topic: NameMatcher;
}

/** Compiles filters; left out, those of the defaults. @throws SettingsError */
export function compileFilters(filters: Filters = filtersSchema.parse({})): ReadFilters {
  const [group, topic] = [matcherOf(filters.groups), matcherOf(filters.topics)];
  return { group, topic: (name) => (filters.internalTopics || !name.startsWith('__')) && topic(name) };
}

function matcherOf({ include, exclude }: Filters['groups']): NameMatcher {
  const [isIncluded, isExcluded] = [compilePatterns(include), compilePatterns(exclude)];
  return (name) => isIncluded(name) && !isExcluded(name);
}
