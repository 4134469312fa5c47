/** A real Kafka for a test file. */
import { afterAll, beforeAll } from 'vitest';
import { type StandOptions, startTestKafka, type TestKafka } from '#test/stand/kafka.ts';

/** Above the stand's own deadline, and a first download of the jars. */
const START_MS = 180_000;

/**
 * Starts a cluster before the tests of this file, and ends it after them.
 *
 * @returns the cluster; to be read inside a test or a hook, not before
 */
export function useKafka(options: StandOptions = {}): () => TestKafka {
  let stand: TestKafka | undefined;
  beforeAll(async () => {
    stand = await startTestKafka(options);
  }, START_MS);
  afterAll(async () => {
    await stand?.stop();
  });
  return () => {
    if (stand === undefined) throw new Error('Kafka runs only inside tests and hooks');
    return stand;
  };
}
