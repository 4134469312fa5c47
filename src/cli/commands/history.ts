/** `lag history`: how the lag of one group went, from the history that a watcher or `lag watch` keeps. */
import { type Command, InvalidArgumentError } from 'commander';
import { givenHistory, type HistoryFlags, withHistory } from '#cli/options/history-source.ts';
import { LEAST_WINDOW_SECONDS, secondsFrom, WINDOW_SECONDS } from '#cli/options/seconds.ts';
import { type HistoryView, historyJson, historyLines } from '#cli/views/history-view.ts';
import { nameHint } from '#cli/views/name-hint.ts';
import { SettingsError } from '#core/errors.ts';
import { rememberGroup } from '#core/group/remembered.ts';
import { type LagHistory, pollsByGroup } from '#core/history/history.ts';
import type { TopicPartition } from '#core/kafka/model.ts';

/** Elsewhere than on a terminal. */
const COLUMNS = 100;

interface HistoryCommandFlags extends HistoryFlags {
  readonly group: string;
  readonly topic?: string;
  readonly partition?: number;
  /** Seconds. */
  readonly window: number;
  readonly json: boolean;
}

/** Gives the command its options and what it does. It asks no broker. */
export function equipHistory(command: Command): void {
  command
    .requiredOption('-g, --group <name>', 'the group, by its exact name')
    .option('--topic <name>', 'of this topic alone')
    .option('--partition <number>', 'of this partition of --topic alone', parsePartition)
    .option(
      '--window <seconds>',
      'that rates in the table are measured over',
      secondsFrom(LEAST_WINDOW_SECONDS),
      WINDOW_SECONDS,
    );
  withHistory(command)
    .option('--region <region>', 'AWS Region of --bucket')
    .option('--json', 'the polls as JSON; an unknown value is {"unknown": reason}, a missing one null', false)
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

/** @throws SettingsError naming all that is missing */
async function storedHistory(flags: HistoryCommandFlags): Promise<LagHistory> {
  const problems =
    flags.partition !== undefined && flags.topic === undefined ? ['--topic is missing: --partition is one of it'] : [];
  const stored = problems.length > 0 ? undefined : await givenHistory(flags);
  if (stored !== undefined) return stored;
  if (flags.history === undefined && flags.bucket === undefined) {
    problems.push('--history or --bucket is missing: name a file that lag watch keeps, or the bucket of a watcher');
  }
  throw new SettingsError(problems);
}

/** @throws SettingsError when the history has no such group, topic or partition */
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
    `the history has no partition of ${JSON.stringify(what)}; leave --partition out for all there are`,
  ]);
}

function mustHold(option: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const what = `${option} ${JSON.stringify(name)} is none of the ${names.length} in the history`;
  throw new SettingsError([`${what}${nameHint([name], names)}`]);
}

function parsePartition(text: string): number {
  const partition = Number(text);
  if (text !== '' && Number.isInteger(partition) && partition >= 0) return partition;
  throw new InvalidArgumentError('It must be a whole number from 0.');
}
