/** Finds partitions in lists that are in the same order, as those that come of one reading are. */
import { partitionKey, type TopicPartition } from './model.ts';

/**
 * The row of a partition; undefined when there is none. Looks behind the row found last, since partitions are asked for in the order
 * of the rows, and by key once that has failed.
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
