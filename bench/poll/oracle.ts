/** Compares a reading with the official tool row by row, and with the plan in sum. */

import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { type GroupReading, partitionKey } from '#core/kafka/model.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { measureLag } from '#core/lag/lag.ts';
import { present } from '#core/text/json.ts';
import { consumerGroups, type OffsetRow, parseOffsetRows } from '#test/stand/tools.ts';
import { groupName, type PlanCounts, type PollPlan } from './plan.ts';
import type { Sample } from './sample.ts';

/** The tool sends several requests per group. With more groups than this, a sample is compared. */
const ALL_GROUPS = 1_000;
const SAMPLED_GROUPS = 50;

/** The differences in words; empty when all agrees. */
export async function compareWithTool(bootstrap: string, plan: PollPlan): Promise<readonly string[]> {
  const sampled = Array.from({ length: SAMPLED_GROUPS }, (_, i) =>
    groupName(Math.floor((i * plan.groups) / SAMPLED_GROUPS)),
  );
  const groupIds = plan.groups <= ALL_GROUPS ? undefined : sampled;
  const which = groupIds?.flatMap((groupId) => ['--group', groupId]) ?? ['--all-groups'];
  const rows = parseOffsetRows(await consumerGroups({ bootstrap }, ['--describe', '--offsets', ...which]));
  const ours = await readRows(bootstrap, groupIds);
  const theirs = new Map(rows.map((row) => [keyOf(row), showRow(row)]));
  const expected = (groupIds?.length ?? plan.groups) * plan.partitions;
  const wrong = [...theirs].filter(([key, row]) => ours.get(key) !== row);
  return [
    ...(theirs.size === expected ? [] : [`the tool returned ${theirs.size} rows of ${expected}`]),
    ...(ours.size === expected ? [] : [`the reader returned ${ours.size} rows of ${expected}`]),
    ...wrong.slice(0, 5).map(([key, row]) => `${key}: the tool says ${row}, the reader ${ours.get(key)}`),
  ];
}

/** The measured readings that differ from the commits and records of the plan. */
export function compareWithPlan(plan: PollPlan, counts: PlanCounts, samples: readonly Sample[]): readonly string[] {
  const expected = { groups: plan.groups, partitions: counts.groupPartitions, lag: counts.lag, unknown: 0 };
  const wrong = samples.filter((sample) =>
    Object.entries(expected).some(([key, value]) => sample[key as keyof typeof expected] !== value),
  );
  return wrong.slice(0, 5).map(({ groups, partitions, lag, unknown }) => {
    return `a reading returned ${JSON.stringify({ groups, partitions, lag, unknown })}, not ${JSON.stringify(expected)}`;
  });
}

const keyOf = ({ group, topic, partition }: OffsetRow): string => `${group}/${topic}/${partition}`;

const showRow = ({
  currentOffset,
  logEndOffset,
  lag,
}: Pick<OffsetRow, 'currentOffset' | 'logEndOffset' | 'lag'>): string =>
  `commit ${currentOffset}, end ${logEndOffset}, lag ${lag}`;

async function readRows(
  bootstrap: string,
  groupIds: readonly string[] | undefined,
): Promise<ReadonlyMap<string, string>> {
  const reader = createBatchReader({
    bootstrapBrokers: bootstrap,
    auth: 'plaintext',
    timeoutMs: 120_000,
    clock: systemClock,
  });
  try {
    const { groups } = await reader.read(present({ groupIds }));
    return new Map(groups.flatMap(rowsOf));
  } finally {
    await reader.close();
  }
}

const rowsOf = (group: GroupReading): [string, string][] =>
  measureLag(group).partitions.map((row) => [
    `${group.groupId}/${partitionKey(row)}`,
    showRow({
      ...optional('currentOffset', knownValue(row.committedOffset)),
      ...optional('logEndOffset', knownValue(row.logEndOffset)),
      ...optional('lag', knownValue(row.lag)),
    }),
  ]);

const optional = <Key extends string, T>(key: Key, value: T | undefined): { [K in Key]?: T } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]?: T });
