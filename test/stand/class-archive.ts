/**
 * Makes every Java program of the tests start faster: it keeps the classes of a running broker in a
 * file.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { startKafka } from '#local/kafka/broker.ts';
import { classArchiveOf, kafkaJars } from '#local/kafka/java.ts';
import { NEWEST, type Release } from '#local/kafka/release.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { waitUntil } from '#test/support/wait-until.ts';
import { KAFKA_2_8 } from './older-kafka.ts';

/** Java writes the file when the broker ends. */
const WRITE_MS = 30_000;

/**
 * Creates the files that are missing, one broker after the other. Later runs of the tests find
 * them.
 */
export async function createClassArchives(): Promise<void> {
  for (const release of [NEWEST, KAFKA_2_8]) await createClassArchive(release);
}

async function createClassArchive(release: Release): Promise<void> {
  const archive = classArchiveOf(await kafkaJars(release.pom, () => {}));
  if (existsSync(archive)) return;
  const partial = `${archive}.partial-${randomUUID().slice(0, 8)}`;
  const options = { release, javaOptions: [`-XX:ArchiveClassesAtExit=${partial}`] };
  const kafka = await startKafka({ ...options, progress: () => {} });
  try {
    for (const pid of kafka.pids) process.kill(pid, 'SIGTERM');
    await waitUntil('the broker has ended', () => !kafka.pids.some(isAlive), WRITE_MS);
    // Programs run without a file as well, only slower.
    if (existsSync(partial)) await rename(partial, archive);
  } finally {
    await kafka.stop();
    await rm(partial, { force: true });
  }
}
