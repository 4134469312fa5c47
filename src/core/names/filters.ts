/**
 * Which groups and topics are read. The others are not requested, so they are neither unreadable
 * nor expected.
 */
import { z } from 'zod';
import { compilePatterns, type NameMatcher, patternSchema } from './patterns.ts';

const namesSchema = z.strictObject({
  /** Patterns of names to read. */
  include: z.array(patternSchema).min(1).default(['*']),
  /** Patterns of names not to read, also when `include` matches them. */
  exclude: z.array(patternSchema).default([]),
});

/** Schema of the filters. By default everything but internal topics is read. */
export const filtersSchema = z.strictObject({
  groups: namesSchema.prefault({}),
  topics: namesSchema.prefault({}),
  /**
   * Also read topics that begin with `__` (offsets, transactions, MSK's canary) and match `topics`.
   */
  internalTopics: z.boolean().default(false),
});
export type Filters = z.infer<typeof filtersSchema>;

/** Filters as functions of names. */
export interface ReadFilters {
  /** Whether to read the group. */
  readonly group: NameMatcher;
  /** Whether to read the topic. */
  readonly topic: NameMatcher;
}

/**
 * Compiles filters, by default those of the schema.
 *
 * @throws SettingsError for a wrong pattern
 */
export function compileFilters(filters: Filters = filtersSchema.parse({})): ReadFilters {
  const topic = matcherOf(filters.topics);
  return {
    group: matcherOf(filters.groups),
    topic: (name) => (filters.internalTopics || !name.startsWith('__')) && topic(name),
  };
}

function matcherOf({ include, exclude }: Filters['groups']): NameMatcher {
  const isIncluded = compilePatterns(include);
  const isExcluded = compilePatterns(exclude);
  return (name) => isIncluded(name) && !isExcluded(name);
}
