/**
 * Programs of the Kafka jars: the broker, the storage tool, and the official command-line tools.
 */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { present } from '#core/text/json.ts';
import { type Child, startChild } from '#local/process/child.ts';
import { javaCommand, resolveJars } from '#local/process/jars.ts';

/** Where a pinned Kafka is, and which it is. */
export interface KafkaJars {
  /** Command that starts Java. */
  readonly java: string;
  readonly folder: string;
  /** Version of the broker, as its jar says. */
  readonly version: string;
}

export interface JavaRun {
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Name in messages. */
  readonly name: string;
  /** Folder with classes beside those of the jars. */
  readonly classes?: string;
  /** Options of the virtual machine. */
  readonly options?: readonly string[];
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** Resolves the jars that a Maven file pins. @throws as `resolveJars` does */
export async function kafkaJars(pom: string, progress: (line: string) => void): Promise<KafkaJars> {
  const folder = await resolveJars(pom, basename(pom, '.xml').replace('pom', 'kafka'), progress);
  const version = (await readdir(folder)).map((file) => /^kafka_2\.13-(\d.*)\.jar$/.exec(file)?.[1]).find(Boolean);
  if (version === undefined) throw new Error(`${folder} holds no Kafka broker; delete that folder, it is recreated`);
  return { java: await javaCommand(), folder, version };
}

/**
 * A file with classes of these jars as the virtual machine keeps them in memory. With it a broker
 * starts in half the time. Java ignores it when it fits neither the jars nor the machine.
 */
export const classArchiveOf = (jars: KafkaJars): string => `${jars.folder}.jsa`;

/** Short runs on few cores: no server compiler, no parallel collector. */
const FAST_START = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];

/** Starts a main class of the jars. */
export function startJava(jars: KafkaJars, run: JavaRun): Child {
  const { name, classes, options = [], onLine } = run;
  const archive = classArchiveOf(jars);
  // Without a word about an archive that does not fit: tests read the output.
  const sharing = existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:disable'] : [];
  const classPath = [join(jars.folder, '*'), ...(classes === undefined ? [] : [classes])].join(delimiter);
  return startChild({
    command: jars.java,
    args: [...FAST_START, ...sharing, ...options, '-cp', classPath, run.mainClass, ...run.args],
    name,
    // Java takes the encoding of its arguments and its output from here: group ids may hold any
    // character.
    env: { LC_ALL: 'C.UTF-8' },
    ...present({ onLine }),
  });
}
