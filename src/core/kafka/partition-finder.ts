/** Finds partitions in a list of the same order. Lists from one reading have one order. */
import { partitionKey, type TopicPartition } from './model.ts';

/**
 * Returns a function that finds the row of a partition, undefined when there is none. It searches
 * from the last row that it found, because calls usually follow the order of rows. After the first
 * miss it searches by key.
 */
export function finderIn<T extends TopicPartition>(rows: readonly T[]): (partition: TopicPartition) => T | undefined {
  let next = 0;
  let byKey: ReadonlyMap<string, T> | undefined;
  return (tp) => {
    while (byKey === undefined && next < rows.length) {
      const row = rows[next++] as T;
      if (row.partition === tp.partition && row.topic === tp.topic) return row;
    }
    byKey ??= new Map(rows.map((row) => [partitionKey(row), row]));
    return byKey.get(partitionKey(tp));
  };
}
