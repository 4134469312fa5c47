/** Java programs of the tests, compiled once for each source and each Kafka. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { KafkaJars } from '#local/kafka/java.ts';

/**
 * Folder with the classes of one source file, beside the jars that it is compiled against.
 *
 * @throws when the source does not compile, or the machine has no JDK
 */
export async function compiled(jars: KafkaJars, source: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12);
  const folder = `${jars.folder}-classes-${hash}`;
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${randomUUID().slice(0, 8)}`;
  const javac = jars.java.replace(/java$/, 'javac');
  try {
    await promisify(execFile)(javac, ['-proc:none', '-cp', `${jars.folder}/*`, '-d', partial, source]);
    // The process that comes second keeps the folder of the first one.
    await rename(partial, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}
