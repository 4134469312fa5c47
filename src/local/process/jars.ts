/**
 * Java programs of the local stand: their jars come from a pinned pom, resolved once into a cache
 * outside the tree.
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import envPaths from 'env-paths';
import { type Child, removeFolder, removeFolderAtExit, startChild } from './child.ts';

/** Pinned, so that Maven does not look for a newer one. */
const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** Kafka 4 brokers need it. */
const MIN_JAVA = 17;
const OTHERWISE = 'or name a broker that already runs: --bootstrap host:port';

/**
 * Folder with the runtime jars of a pom, resolved with Maven on first use.
 *
 * The folder is kept under `cacheName` and a hash of the pom, in the user's cache folder or in
 * MSK_LAG_WATCHER_CACHE. Two processes may resolve the same pom at once. `progress` gets a
 * line for a download, and none for a cache hit.
 * @throws when Java or Maven is missing, or Maven fails: what to install, or Maven's own words
 */
export async function resolveJars(
  pomFile: string,
  cacheName: string,
  progress: (line: string) => void,
): Promise<string> {
  await javaCommand();
  const hash = createHash('sha256')
    .update(await readFile(pomFile))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder(), `${cacheName}-${hash}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const partial = `${folder}.partial-${randomUUID().slice(0, 8)}`;
  removeFolderAtExit(partial);
  try {
    progress(`downloading the jars of ${cacheName} with Maven into ${folder} (first use only)`);
    await copyJars(pomFile, partial);
    await publish(partial, folder);
    progress(`jars of ${cacheName} are ready`);
  } finally {
    removeFolder(partial);
  }
  return folder;
}

const checked = new Map<string, Promise<string>>();

/**
 * The command that starts Java: of JAVA_HOME, else the one on the path.
 *
 * @throws when there is none, or it is older than version 17
 */
export function javaCommand(): Promise<string> {
  const home = process.env.JAVA_HOME;
  const command = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const known = checked.get(command) ?? checkJava(command);
  checked.set(command, known);
  return known;
}

async function checkJava(command: string): Promise<string> {
  const install = `install a Java runtime ${MIN_JAVA} or later (for instance openjdk-${MIN_JAVA}-jre-headless), ${OTHERWISE}`;
  let output: string;
  try {
    const { stdout, stderr } = await promisify(execFile)(command, ['-version']);
    output = `${stdout}${stderr}`;
  } catch {
    throw new Error(`the local broker needs Java, and ${command} cannot be run; ${install}`);
  }
  const version = javaMajor(output);
  if (version === undefined || version < MIN_JAVA) {
    throw new Error(
      `the local broker needs Java ${MIN_JAVA} or later, ${command} is ${version ?? 'of unknown version'}; ${install}`,
    );
  }
  return command;
}

/**
 * Major version in the output of `java -version`: 8 of "1.8.0_292", 17 of "17.0.15"; absent when
 * there is none.
 */
export function javaMajor(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function cacheFolder(): string {
  const chosen = process.env.MSK_LAG_WATCHER_CACHE;
  return chosen === undefined || chosen === '' ? envPaths('msk-lag-watcher', { suffix: '' }).cache : chosen;
}

async function copyJars(pomFile: string, folder: string): Promise<void> {
  const child = startMaven([
    '-B',
    '-q',
    '-f',
    pomFile,
    COPY_GOAL,
    `-DoutputDirectory=${folder}`,
    '-DincludeScope=runtime',
  ]);
  const { code, signal } = await child.exited;
  if (code === 0) return;
  const said = child
    .tail()
    .filter((line) => line.includes('ERROR'))
    .slice(0, 3)
    .join('\n');
  throw new Error(
    `Maven could not resolve ${pomFile} (${signal ?? `exit code ${code}`}); check the network, ${OTHERWISE}\n${said}`,
  );
}

function startMaven(args: readonly string[]): Child {
  try {
    return startChild({ command: 'mvn', args, name: 'Maven' });
  } catch {
    throw new Error(
      `the local broker needs Maven on first use, and mvn cannot be run; install Maven 3 or later (for instance the package maven), ${OTHERWISE}`,
    );
  }
}

/**
 * The rename is what makes a folder complete: the process that comes second keeps the folder of the
 * first one.
 */
async function publish(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    await rm(partial, { recursive: true, force: true });
  }
}
