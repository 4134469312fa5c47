/** Programs of the Kafka jars: the broker, the storage tool, and the official command-line tools. */

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { present } from '#core/text/json.ts';
import { type Child, startChild } from '#local/process/child.ts';
import { javaCommand, resolveJars } from '#local/process/jars.ts';
import type { Release } from './releases.ts';

/** Where a pinned Kafka is, and which it is. */
export interface KafkaJars {
  /** Command that starts Java. */
  readonly java: string;
  readonly folder: string;
  /** Version of the broker, as its jar says. */
  readonly version: string;
}

export interface JavaRun {
  /** A class of the jars, or the path of a source file, which needs a JDK. */
  readonly mainClass: string;
  readonly args: readonly string[];
  /** What people call it. */
  readonly name: string;
  /** Options of the virtual machine. */
  readonly options?: readonly string[];
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** Resolves the pinned jars of a release. @throws as `resolveJars` does */
export async function kafkaJars({ pom }: Release, progress: (line: string) => void): Promise<KafkaJars> {
  const folder = await resolveJars(pom, basename(pom, '.xml').replace('pom', 'kafka'), progress);
  const version = (await readdir(folder)).map((file) => /^kafka_2\.13-(\d.*)\.jar$/.exec(file)?.[1]).find(Boolean);
  if (version === undefined) throw new Error(`${folder} holds no Kafka broker; delete that folder, it is made again`);
  return { java: await javaCommand(), folder, version };
}

/** Starts a main class of the jars. Short runs on few cores: no server compiler, no parallel collector. */
export function startJava(jars: KafkaJars, run: JavaRun): Child {
  const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  return startChild({
    command: jars.java,
    args: [...options, ...(run.options ?? []), '-cp', join(jars.folder, '*'), run.mainClass, ...run.args],
    name: run.name,
    // Java takes the encoding of its arguments and its output from here: group ids may hold any character.
    env: { LC_ALL: 'C.UTF-8' },
    ...present({ onLine: run.onLine }),
  });
}
