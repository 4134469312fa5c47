/** The view of `lag watch` after a poll: a heading, problems, and the table. */

import { colors } from '#cli/terminal/colors.ts';
import { fitText } from '#cli/terminal/fit.ts';
import { jsonTime, jsonValue } from '#cli/terminal/json.ts';
import { escapeControl } from '#cli/terminal/render.ts';
import type { ViewSpace } from '#cli/terminal/view-space.ts';
import type { GroupSummary } from '#core/group/summary.ts';
import { countStatuses, GROUP_STATUSES } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import { durationText } from '#core/text/text.ts';
import type { Look } from '#flows/watch.ts';
import { summaryTable, TABLE_SIGNS } from './summary-table.ts';

/** A poll that failed completely. */
export interface FailedPoll {
  readonly atMs: number;
  readonly reason: string;
}

/** What is known after a poll: at least one of `look` and `failure`. */
export interface WatchView {
  readonly cluster: string;
  /** The newest successful poll. */
  readonly look?: Look;
  /** The newest poll, when it failed; `look` is older then. */
  readonly failure?: FailedPoll;
}

/** Problems that get a line; the others are counted. */
const MAX_PROBLEMS = 5;

/** The view as lines that fit the space. */
export function viewLines(view: WatchView, { columns, rows = Number.POSITIVE_INFINITY }: ViewSpace = {}): string[] {
  const cut = (line: string) => fitText(escapeControl(line), columns ?? Number.POSITIVE_INFINITY);
  const { look, failure } = view;
  const above = [
    colors.bold(cut(headingOf(view))),
    ...(failure === undefined ? [] : [colors.red(cut(failureText(failure, look)))]),
    ...problemLines(look?.problems ?? []).map((line) => colors.yellow(cut(line))),
  ];
  if (look === undefined) return above;
  const table = summaryTable(look.groups, look, present({ columns }));
  const below = look.groups.length === 0 ? [] : table.trimEnd().split('\n');
  const room = Math.max(1, rows - above.length - 2);
  const hidden = below.length - room;
  // One line counts the hidden groups, and it takes the place of another one.
  const shown =
    hidden <= 0 ? below : [...below.slice(0, room - 1), cut(`… ${hidden + 1} more groups: choose some with --groups`)];
  return [...above, ...shown, colors.dim(cut(TABLE_SIGNS))];
}

function headingOf({ cluster, look }: WatchView): string {
  if (look === undefined) return `${cluster}: nothing read yet`;
  const { groups, coverage, atMs } = look;
  const covered = coverage.kind === 'known' ? `${Math.floor(coverage.value * 1000) / 10} %` : 'unknown';
  return `${cluster}  ${jsonTime(atMs)}  coverage ${covered}  ${groups.length} group${groups.length === 1 ? '' : 's'}${countsText(groups)}`;
}

function countsText(groups: readonly GroupSummary[]): string {
  const counts = countStatuses(groups.flatMap(({ status }) => (status.kind === 'known' ? [status.value.kind] : [])));
  const texts = GROUP_STATUSES.flatMap((kind) => (counts[kind] === undefined ? [] : [`${counts[kind]} ${kind}`]));
  return texts.length === 0 ? '' : `: ${texts.join(', ')}`;
}

function failureText({ atMs, reason }: FailedPoll, look: Look | undefined): string {
  const old = look === undefined ? '' : `; the table is from ${durationText(atMs - look.atMs)} before`;
  return `the poll of ${jsonTime(atMs)} failed${old}: ${reason.replaceAll('\n', '; ')}`;
}

function problemLines(problems: readonly string[]): string[] {
  const more = problems.length - MAX_PROBLEMS;
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => `! ${problem}`);
  return more > 0 ? [...shown, `! and ${more} more problems: --json lists all`] : shown;
}

/** The view as a value for JSON. A failed poll has no groups: earlier documents have them. */
export function viewJson({ cluster, look, failure }: WatchView): object {
  if (failure !== undefined || look === undefined) {
    return {
      at: failure === undefined ? null : jsonTime(failure.atMs),
      cluster,
      error: failure?.reason ?? null,
      lastRead: look === undefined ? null : jsonTime(look.atMs),
    };
  }
  const { atMs, watchedFromMs, coverage, problems, groups } = look;
  const times = { at: jsonTime(atMs), watchedSince: jsonTime(watchedFromMs) };
  return { ...times, cluster, coverage: jsonValue(coverage), problems, groups: groups.map(summaryJson) };
}

/** A summary as a value for JSON: times as texts, readings by `jsonValue`. */
export function summaryJson(summary: GroupSummary): object {
  const { group, status, rates, polls, ...readings } = summary;
  const values = Object.entries(readings).map(([name, reading]) => [name, jsonValue(reading)]);
  return {
    group,
    status: timed(jsonValue(status), 'sinceMs'),
    rates: timed(jsonValue(rates), 'fromMs'),
    ...Object.fromEntries(values),
    polls,
  };
}

/** Replaces the time of that name by `since`, as a text. */
function timed(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) return value;
  const { [name]: atMs, ...rest } = value as Record<string, unknown>;
  return { ...rest, since: jsonTime(Number(atMs)) };
}
