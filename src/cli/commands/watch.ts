/** `lag watch`: polls all groups repeatedly, and shows status, rates and time to drain. */

import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '#adapters/system/clock.ts';
import { EXIT_CODES, exitCodeOf } from '#cli/exit-codes.ts';
import { type ConnectionFlags, readerOf, withConnection } from '#cli/options/connection.ts';
import { type FilterFlags, filtersOf, isolationEntries, withFilters } from '#cli/options/filters.ts';
import { type HistoryFlags, openHistory, otherClusterError, withHistory } from '#cli/options/history-source.ts';
import { READERS } from '#cli/options/reader.ts';
import { LEAST_WINDOW_SECONDS, secondsFrom, WINDOW_SECONDS } from '#cli/options/seconds.ts';
import { createScreen } from '#cli/terminal/screen.ts';
import { recording } from '#cli/views/nothing-read.ts';
import { viewJson, viewLines, type WatchView } from '#cli/views/watch-view.ts';
import { messageOf } from '#core/errors.ts';
import { firstMatch } from '#core/names/patterns.ts';
import { present } from '#core/text/json.ts';
import { OtherClusterError, type WatchedCluster, type WatchWorld, watchOnce } from '#flows/watch.ts';

/** The default budget of a watcher's poll. */
const AGES = { rounds: 17, precisePartitions: 200 };
const HISTORY_SAMPLES = 60;

interface WatchFlags extends ConnectionFlags, FilterFlags, HistoryFlags {
  readonly group?: string[];
  /** Seconds. */
  readonly interval: number;
  readonly count?: number;
  /** Seconds. */
  readonly window: number;
  readonly json: boolean;
}

/**
 * Adds options and action to the command. The exit code is that of the last poll; only wrong usage
 * throws.
 */
export function equipWatch(command: Command): void {
  command
    .option('-g, --group <name...>', 'exact names of the groups to watch (default: all)')
    .option('--interval <seconds>', 'time between two polls', secondsFrom(1), 10)
    .option('--count <polls>', 'end after this many polls (default: at Ctrl-C)', parseCount)
    .option(
      '--window <seconds>',
      'time over which rates are measured and statuses are judged',
      secondsFrom(LEAST_WINDOW_SECONDS),
      WINDOW_SECONDS,
    );
  withHistory(withConnection(withFilters(command)))
    .option(
      '--json',
      'print one line of JSON per poll; an unknown value is {"unknown": reason}, an absent value null',
      false,
    )
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(watch);
}

async function watch(flags: WatchFlags): Promise<void> {
  const history = await openHistory(flags);
  const offsets = recording(await readerOf(flags, filtersOf(flags)), flags);
  const levelOf = firstMatch(isolationEntries(flags));
  const others = READERS[flags.reader].isolation;
  const world: WatchWorld = {
    offsets,
    history,
    ownHistory: flags.history === undefined && flags.bucket === undefined,
    request: { ages: AGES, ...present({ groupIds: flags.group }) },
    isolationOf: (groupId) => levelOf(groupId)?.level ?? others,
    windowMs: flags.window * 1000,
    historySamples: HISTORY_SAMPLES,
  };
  const readNow = async (): Promise<WatchedCluster> => {
    const now = await watchOnce(world);
    const nothing = offsets.nothing();
    return nothing === undefined
      ? now
      : { ...now, problems: [...now.problems, { id: 'nothing-read', text: nothing.text }] };
  };
  try {
    await pollUntilEnded(readNow, flags);
  } catch (error) {
    throw error instanceof OtherClusterError ? otherClusterError(flags, error.message) : error;
  } finally {
    await offsets.close();
  }
}

async function pollUntilEnded(readNow: () => Promise<WatchedCluster>, flags: WatchFlags): Promise<void> {
  const { signal, aborted } = endedBySignal();
  const show = shower(flags);
  let view: WatchView = { cluster: flags.clusterName ?? flags.clusterArn ?? flags.bootstrap ?? 'cluster' };
  for (let polls = 1; ; polls++) {
    const dueMs = performance.now() + flags.interval * 1000;
    const next = await Promise.race([pollOnce(readNow, view), aborted]);
    if (next === undefined) return;
    view = next.view;
    show(view);
    process.exitCode = next.exitCode;
    if (polls === flags.count) return;
    await Promise.race([delay(Math.max(0, dueMs - performance.now()), undefined, { signal }), aborted]);
    if (signal.aborted) return;
  }
}

/** The first Ctrl-C aborts; a second one ends the process at once. */
function endedBySignal(): { readonly signal: AbortSignal; readonly aborted: Promise<undefined> } {
  const controller = new AbortController();
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      // Resolved first, so that the waiting loop continues before its timer rejects.
      resolve(undefined);
      controller.abort();
    });
  }
  return { signal: controller.signal, aborted };
}

interface Polled {
  readonly view: WatchView;
  readonly exitCode: number;
}

/** Returns a failure that may pass, so that the watch continues. @throws OtherClusterError */
async function pollOnce(readNow: () => Promise<WatchedCluster>, { cluster, seen: before }: WatchView): Promise<Polled> {
  try {
    const now = await readNow();
    return { view: { cluster, seen: now }, exitCode: isWhole(now) ? EXIT_CODES.ok : EXIT_CODES.partial };
  } catch (error) {
    if (error instanceof OtherClusterError) throw error;
    const failure = { atMs: systemClock.nowMs(), reason: messageOf(error) };
    return {
      view: { cluster, failure, ...present({ seen: before }) },
      exitCode: exitCodeOf(error),
    };
  }
}

/** Only the state of a group without own commits counts: Kafka may report no more. */
const isWhole = ({ problems, groups }: WatchedCluster): boolean =>
  problems.length === 0 &&
  groups.every(({ source, state, lag, members }) => {
    const asked = source === 'no-commits' ? [state] : [state, lag, members];
    return asked.every(({ kind }) => kind !== 'unknown');
  });

function shower({ json }: WatchFlags): (view: WatchView) => void {
  if (json) return (view) => process.stdout.write(`${JSON.stringify(viewJson(view))}\n`);
  const screen = createScreen(process.stdout);
  return (view) => screen.show((space) => viewLines(view, space));
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a whole number of polls above 0.');
}
