/**
 * The page of a heat map: what was read, the map, its legend, the worst partitions, other groups;
 * and messages.
 */
import type { LagRatio } from '#core/group/lag-ratio.ts';
import { durationText, fullNumber } from '#core/text/text.ts';
import { drawGrid, drawn } from './grid.ts';
import type { HeatMapInput, HeatMapLink, HeatMapView } from './input.ts';
import { jsonInside, type Markup, markup, nothing, shortened } from './markup.ts';
import { drawLegend, PALETTES } from './palette.ts';
import { readingText } from './words.ts';
import { worstTable } from './worst-table.ts';

/** A reading is old after this many poll intervals. */
const OLD_POLLS = 3;
/** Characters of a group's name in the heading and on a button, and of other texts. */
const NAME = 120;
const BUTTON_NAME = 60;
const TEXT = 300;

/** The page as HTML. Names in it cannot act, whatever they contain. */
export function renderHeatMap(input: HeatMapInput, view: HeatMapView): Markup {
  const cells = drawn(input.partitions);
  const left = input.partitions.length - cells.length;
  const cut =
    left === 0
      ? []
      : [`the map shows the ${fullNumber(cells.length)} partitions with most lag, and leaves out ${fullNumber(left)}`];
  const { text } = PALETTES[view.theme];
  return markup`<div style="color:${text};font-size:13px">${headOf(input)}${timeOf(input, view)}${incidentOf(input, view)}${[
    ...input.notes,
    ...cut,
  ].map(
    (note) => markup`<p>Note: ${note}</p>`,
  )}<div>${drawLegend(cells, view)}</div><div>${drawGrid(cells, view)}</div>${worstTable(input.partitions, view.rows)}</div>`;
}

function headOf({ groupId, clusterName, state, members, partitions, ratio, coverage }: HeatMapInput): Markup {
  const known = partitions.flatMap(({ lag }) => (lag.kind === 'known' ? [lag.value] : []));
  const unknowns = partitions.filter(({ lag }) => lag.kind === 'unknown').length;
  const sum = known.reduce((total, lag) => total + lag, 0);
  const atLeast = unknowns === 0 ? '' : 'at least ';
  const lag =
    known.length === 0
      ? 'No lag is known'
      : `Lag ${atLeast}${fullNumber(sum)} records, worst partition ${fullNumber(Math.max(...known))}`;
  const threshold = ratio.kind === 'known' ? ratioText(ratio.value) : 'how far behind its thresholds: unknown';
  const covered =
    coverage.kind === 'known'
      ? `${percent(coverage.value)} of partitions measured`
      : `coverage ${readingText(coverage, 'unknown')}`;
  return markup`<p><b><bdi>${shortened(groupId, NAME)}</bdi></b> on ${clusterName}: ${readingText(state, 'no state')}, members ${readingText(members, 'none')}, partitions ${fullNumber(partitions.length)}</p><p>${lag}; ${threshold}; ${covered}${unknowns === 0 ? '' : `; lag of ${fullNumber(unknowns)} unknown`}</p>`;
}

const KINDS: Readonly<Record<LagRatio['by'], string>> = {
  lag: 'lag',
  age: 'age',
  loss: 'time left before data is lost',
};

/** How far behind its thresholds a group is. At 1 it is in alarm. */
export const ratioText = ({ value, by, complete }: LagRatio): string =>
  `${complete ? '' : 'at least '}${value.toFixed(2)} of its threshold of ${KINDS[by]}`;

/** Rounded down, so that only a whole is 100 %. */
const percent = (share: number): string => `${Math.floor(share * 1_000) / 10} %`;

function timeOf({ atMs, nowMs, pollIntervalMs }: HeatMapInput, { theme }: HeatMapView): Markup {
  const time = `Read at ${new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)} UTC, ${durationText(nowMs - atMs)} ago`;
  if (nowMs - atMs <= OLD_POLLS * pollIntervalMs) return markup`<p>${time}</p>`;
  return markup`<p style="color:${PALETTES[theme].warning}"><b>Old:</b> ${time}; a poll is due every ${durationText(pollIntervalMs)}</p>`;
}

function incidentOf({ incident, nowMs }: HeatMapInput, { theme }: HeatMapView): Markup {
  if (incident.kind === 'absent') return nothing;
  if (incident.kind === 'unknown') return markup`<p>Incident: unknown: ${shortened(incident.reason, TEXT)}</p>`;
  const { status, openedAtMs, outcome, links } = incident.value;
  const since = `${durationText(nowMs - openedAtMs)} ago`;
  const what =
    status === 'open'
      ? markup`<b style="color:${PALETTES[theme].warning}">Open incident</b>, opened ${since}`
      : markup`Last incident, opened ${since}`;
  return markup`<p>${what}: ${shortened(outcome ?? 'a run of the runbook goes on', TEXT)}${links.map(linkOf)}</p>`;
}

const linkOf = ({ text, href }: HeatMapLink): Markup =>
  markup` · <a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`;

/** Why there is no map, and what to do. */
export const message = (what: string, lines: readonly string[] = []): Markup =>
  markup`<p><b>${shortened(what, TEXT)}</b></p>${lines.map((line) => markup`<p>${shortened(line, TEXT)}</p>`)}`;

/** A group to choose. */
export interface Choice {
  readonly groupId: string;
  /** Shown beside its name. */
  readonly hint: string;
}

/**
 * Buttons that show another group in the widget's place. `endpoint`: ARN of the function that draws
 * it.
 */
export function choices(title: string, groups: readonly Choice[], endpoint: string): Markup {
  if (groups.length === 0) return nothing;
  const buttons = groups.map(
    ({ groupId, hint }) =>
      markup` <a class="btn"><bdi>${shortened(groupId, BUTTON_NAME)}</bdi> ${hint}</a><cwdb-action action="call" display="widget" endpoint="${endpoint}">${jsonInside({ group: groupId })}</cwdb-action>`,
  );
  return markup`<p>${title}${buttons}</p>`;
}
