/** A reading that is empty because nothing matched the filters. That is an error, not a success. */

import { type ConnectionFlags, readerOf } from '#cli/options/connection.ts';
import type { FilterFlags } from '#cli/options/filters.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { nameHint } from './name-hint.ts';

/** What the filters kept out completely. */
export interface NothingRead {
  readonly what: 'group' | 'topic';
  /** For people; names the options and their patterns. */
  readonly text: string;
  /** The patterns that matched nothing. */
  readonly patterns: readonly string[];
}

/**
 * What is missing from a reading. Undefined when something matched, when there are no filters, and
 * when a request failed, which is reported separately.
 */
export function nothingRead(reading: ClusterReading, flags: FilterFlags): NothingRead | undefined {
  const { groups, unreadableGroups, otherGroups, problems } = reading;
  if (problems.length > 0 || groups.some(({ partitions }) => partitions.length > 0)) return undefined;
  const listed = groups.length + unreadableGroups.length + otherGroups.length;
  if (listed === 0) return without('group', 'no group matches', flags.groups, flags.excludeGroups);
  if (groups.length === 0) return undefined;
  return without('topic', 'no topic that the groups read matches', flags.topics, flags.excludeTopics);
}

function without(what: 'group' | 'topic', text: string, ...[include, exclude]: Patterns[]): NothingRead | undefined {
  const options = [optionText(`--${what}s`, include), optionText(`--exclude-${what}s`, exclude)].filter(
    (o) => o !== '',
  );
  return options.length === 0 ? undefined : { what, text: `${text} ${options.join(' and ')}`, patterns: include ?? [] };
}

type Patterns = readonly string[] | undefined;

const optionText = (option: string, patterns: Patterns = []): string =>
  patterns.length === 0 ? '' : `${option} ${patterns.map((pattern) => JSON.stringify(pattern)).join(' ')}`;

/** The text with a hint at existing names. */
export const nothingReadText = ({ text, what, patterns }: NothingRead, names: NamesThere): string =>
  `${text}${nameHint(patterns, what === 'group' ? names.groups : names.topics)}`;

/** Names in a cluster. */
export interface NamesThere {
  readonly groups: readonly string[];
  /** Topics that groups read. */
  readonly topics: readonly string[];
}

/** The names in the cluster, read without the filters; empty when that fails. */
export async function namesThere(flags: ConnectionFlags): Promise<NamesThere> {
  const reader = await readerOf(flags);
  try {
    const { groups, otherGroups, unreadableGroups } = await reader.read();
    const ids = [...groups, ...otherGroups, ...unreadableGroups].map(({ groupId }) => groupId);
    const topics = groups.flatMap(({ partitions }) => partitions.map(({ topic }) => topic));
    return { groups: ids, topics: [...new Set(topics)] };
  } catch {
    return { groups: [], topics: [] };
  } finally {
    await reader.close();
  }
}

/** A reader for flows that do not return their reading. */
export interface RecordingReader extends OffsetsReader {
  /** What was missing from the last reading. */
  nothing(): NothingRead | undefined;
}

/** The reader, which records what was missing from its last reading. */
export function recording(reader: OffsetsReader, flags: FilterFlags): RecordingReader {
  let nothing: NothingRead | undefined;
  return {
    read: async (request) => {
      const reading = await reader.read(request);
      nothing = nothingRead(reading, flags);
      return reading;
    },
    close: () => reader.close(),
    nothing: () => nothing,
  };
}
