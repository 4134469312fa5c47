/** A reading that is empty since options let nothing through: that is no success, and is said. */

import { type ConnectionFlags, readerOf } from '#cli/options/connection.ts';
import type { FilterFlags } from '#cli/options/filters.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { nameHint } from './name-hint.ts';

/** Of what nothing was let through. */
export interface NothingRead {
  readonly what: 'group' | 'topic';
  /** For people, naming the options and their patterns. */
  readonly text: string;
  /** Patterns that were to let something through. */
  readonly patterns: readonly string[];
}

/** What is missing from a reading; undefined when something was let through, when no option kept anything out, and when a request failed, which is told by itself. */
export function nothingRead(reading: ClusterReading, flags: FilterFlags): NothingRead | undefined {
  const { groups, unreadableGroups, otherGroups, problems } = reading;
  if (problems.length > 0 || groups.some(({ partitions }) => partitions.length > 0)) return undefined;
  const listed = groups.length + unreadableGroups.length + otherGroups.length;
  if (listed === 0) return without('group', 'no group is let through by', flags.groups, flags.excludeGroups);
  if (groups.length === 0) return undefined;
  return without('topic', 'no topic that the groups read is let through by', flags.topics, flags.excludeTopics);
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

/** The same as one text, with what was meant, most likely. */
export const nothingReadText = ({ text, what, patterns }: NothingRead, names: NamesThere): string =>
  `${text}${nameHint(patterns, what === 'group' ? names.groups : names.topics)}`;

/** Names that a cluster has. */
export interface NamesThere {
  readonly groups: readonly string[];
  /** Those that groups read. */
  readonly topics: readonly string[];
}

/** Reads the cluster without the filters, for a hint: empty where the brokers do not tell. */
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

/** A reader for flows that do not hand their reading on. */
export interface NotingReader extends OffsetsReader {
  /** Of the last reading. */
  nothing(): NothingRead | undefined;
}

/** The reader, with a note of what was missing from its last reading. */
export function noting(reader: OffsetsReader, flags: FilterFlags): NotingReader {
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
