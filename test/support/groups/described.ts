/** Rows of `lag describe --json` and of the official tool, in one form. */
import type { OffsetRow } from '#test/stand/tools.ts';

/** A group in the output of `lag describe --json`. */
export interface DescribedGroup {
  readonly group: string;
  readonly state: unknown;
  /** Of a share group. */
  readonly lag?: unknown;
  readonly rows: readonly Record<string, unknown>[];
}

/** Its rows as text, to be compared with those of the official tool. */
export const rowsOf = ({ group, rows }: DescribedGroup): string[] =>
  rows.map((r) =>
    JSON.stringify([
      group,
      r.topic,
      r.partition,
      r.currentOffset,
      r.logEndOffset,
      r.lag,
      r.consumerId,
      r.host,
      r.clientId,
    ]),
  );

/** A row of the official tool as text, to be compared with ours. */
export const rowOf = (r: OffsetRow): string =>
  JSON.stringify([
    r.group,
    r.topic,
    r.partition,
    r.currentOffset?.toString(),
    r.logEndOffset?.toString(),
    r.lag,
    r.consumerId,
    r.host?.replace(/^\//, ''),
    r.clientId,
  ]);
