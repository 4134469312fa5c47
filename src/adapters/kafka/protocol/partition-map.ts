/**
 * Values by partition. It builds no key strings, since a large reading looks up millions of times.
 */
import type { TopicPartition } from '#core/kafka/model.ts';

export class PartitionMap<T> {
  readonly #topics = new Map<string, Map<number, T>>();

  get({ topic, partition }: TopicPartition): T | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  set({ topic, partition }: TopicPartition, value: T): void {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) this.#topics.set(topic, new Map([[partition, value]]));
    else partitions.set(partition, value);
  }

  /** All values, in the order in which topics, and their partitions, were first set. */
  values(): readonly T[] {
    return [...this.#topics.values()].flatMap((partitions) => [...partitions.values()]);
  }
}
