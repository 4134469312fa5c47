/** `lag history`: charts the lag of one group from the history of a watcher or of `lag watch`. */
import { type Command, InvalidArgumentError } from 'commander';
import { givenHistory, type HistoryFlags, withHistory } from '#cli/options/history-source.ts';
import { LEAST_WINDOW_SECONDS, secondsFrom, WINDOW_SECONDS } from '#cli/options/seconds.ts';
import { type HistoryView, historyJson, historyLines } from '#cli/views/history-view.ts';
import { nameHint } from '#cli/views/name-hint.ts';
import { SettingsError } from '#core/errors.ts';
import { rememberGroup } from '#core/group/remembered.ts';
import { type LagHistory, pollsByGroup } from '#core/history/history.ts';
import type { TopicPartition } from '#core/kafka/model.ts';

/** Width when stdout is not a terminal. */
const COLUMNS = 100;

interface HistoryCommandFlags extends HistoryFlags {
  readonly group: string;
  readonly topic?: string;
  readonly partition?: number;
  /** Seconds. */
  readonly window: number;
  readonly json: boolean;
}

/** Adds options and action to the command. */
export function equipHistory(command: Command): void {
  command
    .requiredOption('-g, --group <name>', 'exact name of the group')
    .option('--topic <name>', 'show only this topic')
    .option('--partition <number>', 'show only this partition of --topic', parsePartition)
    .option(
      '--window <seconds>',
      'time over which the rates in the table are measured',
      secondsFrom(LEAST_WINDOW_SECONDS),
      WINDOW_SECONDS,
    );
  withHistory(command)
    .option('--region <region>', 'AWS Region of --bucket')
    .option('--json', 'print the polls as JSON; an unknown value is {"unknown": reason}, an absent value null', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(history);
}

async function history(flags: HistoryCommandFlags): Promise<void> {
  const view = viewOf(await storedHistory(flags), flags);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(historyJson(view), null, 2)}\n`
      : `${historyLines(view, process.stdout.columns ?? COLUMNS).join('\n')}\n`,
  );
}

/** @throws SettingsError that names everything missing */
async function storedHistory(flags: HistoryCommandFlags): Promise<LagHistory> {
  const problems =
    flags.partition !== undefined && flags.topic === undefined ? ['--topic is missing: --partition needs it'] : [];
  const stored = problems.length > 0 ? undefined : await givenHistory(flags);
  if (stored !== undefined) return stored;
  if (flags.history === undefined && flags.bucket === undefined) {
    problems.push(
      '--history or --bucket is missing: name a file of lag watch --history, or the bucket of a deployed watcher',
    );
  }
  throw new SettingsError(problems);
}

/** @throws SettingsError when the history lacks the group, topic or partition */
function viewOf(stored: LagHistory, { group, topic, partition, window }: HistoryCommandFlags): HistoryView {
  const polls = pollsByGroup(stored);
  mustHold('--group', group, [...polls.keys()]);
  const partitions = (polls.get(group)?.samples ?? []).flatMap((sample) => sample.partitions);
  if (topic !== undefined) mustHold('--topic', topic, [...new Set(partitions.map((p) => p.topic))]);
  const isChosen = (tp: TopicPartition) =>
    (topic === undefined || tp.topic === topic) && (partition === undefined || tp.partition === partition);
  const remembered = rememberGroup(stored, group, { windowMs: window * 1000, isChosen });
  const what = [group, topic, partition].filter((part) => part !== undefined).join(' / ');
  if (remembered !== undefined) return { ...remembered, what };
  throw new SettingsError([
    `the history has no partition of ${JSON.stringify(what)}; leave out --partition to see all`,
  ]);
}

function mustHold(option: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const what = `${option} ${JSON.stringify(name)} is not among the ${names.length} in the history`;
  throw new SettingsError([`${what}${nameHint([name], names)}`]);
}

function parsePartition(text: string): number {
  const partition = Number(text);
  if (text !== '' && Number.isInteger(partition) && partition >= 0) return partition;
  throw new InvalidArgumentError('It must be a whole number from 0.');
}
