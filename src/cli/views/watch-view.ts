/** The view of `lag watch` after a poll: a heading, problems, and the table. */

import { colors } from '#cli/terminal/colors.ts';
import { fitText } from '#cli/terminal/fit.ts';
import { jsonTime, jsonValue } from '#cli/terminal/json.ts';
import { escapeControl } from '#cli/terminal/render.ts';
import type { ViewSpace } from '#cli/terminal/view-space.ts';
import { ratesOfWhole } from '#core/group/past.ts';
import type { GroupView } from '#core/group/view.ts';
import type { Reading } from '#core/kafka/reading.ts';
import { countStatuses, GROUP_STATUSES } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import type { Problem } from '#core/text/problem.ts';
import { durationText } from '#core/text/text.ts';
import type { WatchedCluster } from '#flows/watch.ts';
import { summaryTable, TABLE_SIGNS } from './summary-table.ts';

/** A poll that failed completely. */
export interface FailedPoll {
  readonly atMs: number;
  readonly reason: string;
}

/** What is known after a poll: at least one of `seen` and `failure`. */
export interface WatchView {
  readonly cluster: string;
  /** The newest successful poll. */
  readonly seen?: WatchedCluster;
  /** The newest poll, when it failed; `seen` is older then. */
  readonly failure?: FailedPoll;
}

/** Problems that get a line; the others are counted. */
const MAX_PROBLEMS = 5;

/** The view as lines that fit the space. */
export function viewLines(view: WatchView, { columns, rows = Number.POSITIVE_INFINITY }: ViewSpace = {}): string[] {
  const cut = (line: string) => fitText(escapeControl(line), columns ?? Number.POSITIVE_INFINITY);
  const { seen, failure } = view;
  const above = [
    colors.bold(cut(headingOf(view))),
    ...(failure === undefined ? [] : [colors.red(cut(failureText(failure, seen)))]),
    ...problemLines(seen?.problems ?? []).map((line) => colors.yellow(cut(line))),
  ];
  if (seen === undefined) return above;
  const table = summaryTable(seen.groups, seen, present({ columns }));
  const below = seen.groups.length === 0 ? [] : table.trimEnd().split('\n');
  const room = Math.max(1, rows - above.length - 2);
  const hidden = below.length - room;
  // One line counts the hidden groups, and it takes the place of another one.
  const shown =
    hidden <= 0 ? below : [...below.slice(0, room - 1), cut(`… ${hidden + 1} more groups: choose some with --groups`)];
  return [...above, ...shown, colors.dim(cut(TABLE_SIGNS))];
}

function headingOf({ cluster, seen }: WatchView): string {
  if (seen === undefined) return `${cluster}: nothing read yet`;
  const { groups, coverage, atMs } = seen;
  const covered = coverage.kind === 'known' ? `${Math.floor(coverage.value * 1000) / 10} %` : 'unknown';
  return `${cluster}  ${jsonTime(atMs)}  coverage ${covered}  ${groups.length} group${groups.length === 1 ? '' : 's'}${countsText(groups)}`;
}

function countsText(groups: readonly GroupView[]): string {
  const counts = countStatuses(groups.flatMap(({ status }) => (status.kind === 'known' ? [status.value.kind] : [])));
  const texts = GROUP_STATUSES.flatMap((kind) => (counts[kind] === undefined ? [] : [`${counts[kind]} ${kind}`]));
  return texts.length === 0 ? '' : `: ${texts.join(', ')}`;
}

function failureText({ atMs, reason }: FailedPoll, seen: WatchedCluster | undefined): string {
  const old = seen === undefined ? '' : `; the table is from ${durationText(atMs - seen.atMs)} before`;
  return `the poll of ${jsonTime(atMs)} failed${old}: ${reason.replaceAll('\n', '; ')}`;
}

function problemLines(problems: readonly Problem[]): string[] {
  const more = problems.length - MAX_PROBLEMS;
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ text }) => `! ${text}`);
  return more > 0 ? [...shown, `! and ${more} more problems: --json lists all`] : shown;
}

/** The view as a value for JSON. A failed poll has no groups: earlier documents have them. */
export function viewJson({ cluster, seen, failure }: WatchView): object {
  if (failure !== undefined || seen === undefined) {
    return {
      at: failure === undefined ? null : jsonTime(failure.atMs),
      cluster,
      error: failure?.reason ?? null,
      lastRead: seen === undefined ? null : jsonTime(seen.atMs),
    };
  }
  const { atMs, watchedFromMs, coverage, problems, groups } = seen;
  const times = { at: jsonTime(atMs), watchedSince: jsonTime(watchedFromMs) };
  return { ...times, cluster, coverage: jsonValue(coverage), problems, groups: groups.map(summaryJson) };
}

/**
 * What the table shows of a group, as a value for JSON: times as texts, readings by `jsonValue`.
 */
export function summaryJson(view: GroupView): object {
  const { groupId, kind, state, status, lag, lagAtLeast, worst, ageMs, past, memberCount, coverage, polls } = view;
  const { rates, rebalances, timeToDrain, timeToDataLoss } = past;
  return {
    group: groupId,
    status: timed(jsonValue(status), 'sinceMs'),
    rates: timed(ratesJson(rates), 'fromMs'),
    ...jsonValues({ kind, state, lag, lagAtLeast, worst, ageMs, rebalances, timeToDrain, timeToDataLoss }),
    ...jsonValues({ members: memberCount, coverage }),
    polls,
  };
}

const jsonValues = (readings: Readonly<Record<string, Reading<unknown>>>): object =>
  Object.fromEntries(Object.entries(readings).map(([name, reading]) => [name, jsonValue(reading)]));

/** Without the rates of each partition. */
function ratesJson(rates: GroupView['past']['rates']): unknown {
  const whole = ratesOfWhole(rates);
  if (whole.kind !== 'known') return jsonValue(whole);
  const { produceRate, consumeRate, lagGrowthRate, fromMs, samples } = whole.value;
  return { produceRate, consumeRate, lagGrowthRate, fromMs, samples };
}

/** Replaces the time of that name by `since`, as a text. */
function timed(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) return value;
  const { [name]: atMs, ...rest } = value as Record<string, unknown>;
  return { ...rest, since: jsonTime(Number(atMs)) };
}
