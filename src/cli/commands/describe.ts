/** `lag describe`: consumer groups as the brokers report them now. */

import { type Command, Option } from 'commander';
import { EXIT_CODES } from '#cli/exit-codes.ts';
import { type ConnectionFlags, readerOf, withConnection } from '#cli/options/connection.ts';
import { type FilterFlags, filtersOf, isolationEntries, withFilters } from '#cli/options/filters.ts';
import { givenHistory, type HistoryFlags, otherClusterError, withHistory } from '#cli/options/history-source.ts';
import { READERS } from '#cli/options/reader.ts';
import { WINDOW_SECONDS } from '#cli/options/seconds.ts';
import { jsonValue } from '#cli/terminal/json.ts';
import { renderLine, renderTable } from '#cli/terminal/render.ts';
import { type DescribeRow, describeRows, isPartial, wholeLag } from '#cli/views/describe-rows.ts';
import { nameHint } from '#cli/views/name-hint.ts';
import { namesThere, nothingRead, nothingReadText } from '#cli/views/nothing-read.ts';
import { summaryTable, TABLE_SIGNS } from '#cli/views/summary-table.ts';
import { summaryJson } from '#cli/views/watch-view.ts';
import type { GroupView } from '#core/group/view.ts';
import { viewReading, worstFirst } from '#core/group/view-reading.ts';
import { watchedFromMs } from '#core/history/gaps.ts';
import { appendReading, emptyHistory, type LagHistory, otherCluster, pollsByGroup } from '#core/history/history.ts';
import { byGroupId, type ClusterReading, type RecordAge } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import { requestProblems } from '#core/kafka/reading-problems.ts';
import { conditionText } from '#core/lag/conditions.ts';
import { ISOLATION_LEVELS, type IsolationLevel } from '#core/lag/lag.ts';
import { firstMatch } from '#core/names/patterns.ts';
import { present } from '#core/text/json.ts';
import { durationText } from '#core/text/text.ts';

/** More rounds than a poll spends: a person waits for precise ages. */
const AGES = { rounds: 30, precisePartitions: 1_000 };

interface DescribeOptions extends ConnectionFlags, FilterFlags, HistoryFlags {
  readonly group?: string[];
  readonly isolation?: IsolationLevel;
  readonly json: boolean;
}

/**
 * Adds options and action to the command. It sets the exit code and throws what the reader throws.
 */
export function equipDescribe(command: Command): void {
  command
    .addOption(
      new Option(
        '--isolation <level>',
        'offset that LAG counts to: read_uncommitted the log end, read_committed the last stable offset (default: read_uncommitted; with kafkajs read_committed, since it cannot read the log end)',
      ).choices(ISOLATION_LEVELS),
    )
    .option('-g, --group <name...>', 'exact names of the groups to describe (default: all)');
  withHistory(withConnection(withFilters(command)))
    .option('--json', 'print an array of groups; an unknown value is {"unknown": reason}, an absent value null', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(describe);
}

async function describe(options: DescribeOptions): Promise<void> {
  const history = await givenHistory(options);
  const reader = await readerOf(options, filtersOf(options));
  try {
    const named = present({ groupIds: options.group });
    const reading = await reader.read({ ages: AGES, ...named });
    const other = history === undefined ? undefined : otherCluster(history, reading);
    if (other !== undefined) throw otherClusterError(options, other);
    print(reading, history, options);
    await reportMissing(reading, options);
  } finally {
    await reader.close();
  }
}

function print(reading: ClusterReading, history: LagHistory | undefined, options: DescribeOptions): void {
  const { isolation, reader, json } = options;
  const others = isolation ?? READERS[reader].isolation;
  const levelOf = firstMatch(isolationEntries(options));
  const whole = history && withReading(history, reading);
  const groups = viewReading(reading, {
    polls: pollsByGroup(whole ?? emptyHistory),
    isolationOf: (groupId) => levelOf(groupId)?.level ?? others,
    windowMs: WINDOW_SECONDS * 1000,
  }).toSorted(byGroupId);
  process.stdout.write(json ? jsonText(groups, { withSummary: whole !== undefined }) : tableOf(groups));
  if (!json && whole !== undefined && groups.length > 0) {
    const at = { atMs: reading.atMs, watchedFromMs: watchedFromMs(whole.samples.map(({ atMs }) => atMs)) };
    process.stdout.write(`\n${summaryTable(groups.toSorted(worstFirst), at, process.stdout)}${TABLE_SIGNS}\n`);
  }
  // As with the official tool, standard output has the table alone.
  if (!json) process.stderr.write(groups.map(conditionLines).join(''));
  for (const { text } of requestProblems(reading)) process.stderr.write(renderLine(text));
  if (isPartial(reading, groups)) process.exitCode = EXIT_CODES.partial;
}

/** Reports what is missing. Only then it reads the cluster again, to suggest names. */
async function reportMissing(reading: ClusterReading, options: DescribeOptions): Promise<void> {
  const { unreadableGroups } = reading;
  const nothing = nothingRead(reading, options);
  const isNameMissing = options.group !== undefined && unreadableGroups.length > 0;
  const names = nothing !== undefined || isNameMissing ? await namesThere(options) : undefined;
  for (const { groupId, reason } of unreadableGroups) {
    const hint = names === undefined || names.groups.includes(groupId) ? '' : nameHint([groupId], names.groups);
    process.stderr.write(renderLine(`group ${JSON.stringify(groupId)} could not be read: ${reason}${hint}`));
  }
  if (nothing === undefined || names === undefined) return;
  process.stderr.write(renderLine(nothingReadText(nothing, names)));
  process.exitCode = EXIT_CODES.partial;
}

/** The history with the reading added. It is not stored, so no poll is dropped. */
const withReading = (history: LagHistory, reading: ClusterReading): LagHistory =>
  appendReading(history, reading, Math.max(2, history.samples.length + 1));

/** With a history, each group has its summary. */
function jsonText(groups: readonly GroupView[], { withSummary }: { readonly withSummary: boolean }): string {
  const values = groups.map((group) =>
    withSummary ? { ...jsonOf(group), summary: summaryJson(group) } : jsonOf(group),
  );
  return `${JSON.stringify(values, null, 2)}\n`;
}

const HEAD = [
  'GROUP',
  'TOPIC',
  'PARTITION',
  'CURRENT-OFFSET',
  'LOG-END-OFFSET',
  'LAG',
  'AGE',
  'CONSUMER-ID',
  'HOST',
  'CLIENT-ID',
  'STATE',
  'KIND',
];

function tableOf(groups: readonly GroupView[]): string {
  const rows = groups.flatMap((view) => {
    const rows = describeRows(view);
    const whole = ['-', '-', '-', '-', cell(wholeLag(view)), '-', '-', '-', '-'];
    const cells = rows.length === 0 ? [whole] : rows.map(cellsOf);
    return cells.map((offsets) => [view.groupId, ...offsets, cell(view.state), cell(view.kind)]);
  });
  return renderTable(HEAD, rows);
}

/** One line for each condition. */
const conditionLines = ({ groupId, conditions }: GroupView): string =>
  conditions()
    .map((condition) => renderLine(`group ${JSON.stringify(groupId)}: ${conditionText(condition)}`))
    .join('');

const cellsOf = (row: DescribeRow): string[] => [
  row.topic,
  String(row.partition),
  ...[row.currentOffset, row.logEndOffset, row.lag].map(cell),
  ageCell(row.age),
  ...[row.consumerId, row.host, row.clientId].map(cell),
];

/** With `≥`, the record may be older, since timestamps may be out of order. */
function ageCell(age: Reading<RecordAge>): string {
  if (age.kind !== 'known') return cell(age);
  const { atLeastMs, proven } = age.value;
  return `${proven ? '' : '≥ '}${durationText(atLeastMs)}`;
}

const cell = (reading: Reading<unknown>): string =>
  reading.kind === 'known' ? String(reading.value) : reading.kind === 'absent' ? '-' : 'unknown';

const jsonOf = (view: GroupView) => {
  const lag = wholeLag(view);
  return {
    group: view.groupId,
    kind: jsonValue(view.kind),
    type: jsonValue(view.type),
    state: jsonValue(view.state),
    epoch: jsonValue(view.epoch),
    members: jsonValue(view.memberCount),
    conditions: view.conditions(),
    ...(lag.kind === 'absent' ? {} : { lag: jsonValue(lag) }),
    rows: describeRows(view).map(({ topic, partition, ...readings }) => ({
      topic,
      partition,
      ...Object.fromEntries(Object.entries(readings).map(([name, reading]) => [name, jsonValue(reading)])),
    })),
  };
};
