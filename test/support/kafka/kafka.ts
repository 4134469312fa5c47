/** A real Kafka for a test file. */
import { afterAll, beforeAll } from 'vitest';
import { type KafkaOptions, type KafkaStand, startKafka } from '#local/kafka/broker.ts';

/** Above the stand's own deadline, and a first download of the jars. */
const START_MS = 180_000;

/**
 * Starts a cluster before the tests of this file, and ends it after them.
 *
 * @returns the cluster; to be read inside a test or a hook, not before
 */
export function useKafka(options: Omit<KafkaOptions, 'progress'> = {}): () => KafkaStand {
  let stand: KafkaStand | undefined;
  beforeAll(async () => {
    stand = await startKafka({ ...options, progress: () => {} });
  }, START_MS);
  afterAll(async () => {
    await stand?.stop();
  });
  return () => {
    if (stand === undefined) throw new Error('Kafka runs only inside tests and hooks');
    return stand;
  };
}
