/** The page of a heat map: what was read, the map, its scale, the worst partitions, and where to go on. */
import type { LagRatio } from '#core/group/lag-ratio.ts';
import { durationText } from '#core/text/text.ts';
import { drawGrid, drawn } from './grid.ts';
import type { HeatMapInput, HeatMapLink, HeatMapView } from './input.ts';
import { drawLegend } from './legend.ts';
import { type Markup, markup, nothing, shortened } from './markup.ts';
import { PALETTES } from './palette.ts';
import { inFull, readingText } from './words.ts';
import { worstTable } from './worst-table.ts';

/** Polls after which a reading is old: the newest ones were missed. */
const OLD_POLLS = 3;
/** Characters of a group's name, which Kafka hardly limits. */
const NAME = 120;

/** The page as HTML: inert, whatever the names in it. */
export function renderHeatMap(input: HeatMapInput, view: HeatMapView): Markup {
  const cells = drawn(input.partitions);
  const left = input.partitions.length - cells.length;
  const cut =
    left === 0
      ? []
      : [`the map shows the ${inFull(cells.length)} partitions with most lag, and leaves out ${inFull(left)}`];
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
      : `Lag ${atLeast}${inFull(sum)} records, worst partition ${inFull(Math.max(...known))}`;
  const threshold = ratio.kind === 'known' ? ratioText(ratio.value) : 'how far behind its thresholds: unknown';
  const covered =
    coverage.kind === 'known'
      ? `${percent(coverage.value)} of partitions measured`
      : `coverage ${readingText(coverage, 'unknown')}`;
  return markup`<p><b><bdi>${shortened(groupId, NAME)}</bdi></b> on ${clusterName}: ${readingText(state, 'no state')}, members ${readingText(members, 'none')}, partitions ${inFull(partitions.length)}</p><p>${lag}; ${threshold}; ${covered}${unknowns === 0 ? '' : `; lag of ${inFull(unknowns)} unknown`}</p>`;
}

const KINDS: Readonly<Record<LagRatio['by'], string>> = {
  lag: 'lag',
  age: 'age',
  loss: 'time left before data is lost',
};

/** How far behind its thresholds a group is: at 1 it is in alarm. */
export const ratioText = ({ value, by, complete }: LagRatio): string =>
  `${complete ? '' : 'at least '}${value.toFixed(2)} of its threshold of ${KINDS[by]}`;

/** Rounded down, so that only all is 100 %. */
const percent = (share: number): string => `${Math.floor(share * 1_000) / 10} %`;

function timeOf({ atMs, nowMs, pollIntervalMs }: HeatMapInput, { theme }: HeatMapView): Markup {
  const time = `Read at ${new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)} UTC, ${durationText(nowMs - atMs)} ago`;
  if (nowMs - atMs <= OLD_POLLS * pollIntervalMs) return markup`<p>${time}</p>`;
  return markup`<p style="color:${PALETTES[theme].warning}"><b>Old:</b> ${time}; a poll is due every ${durationText(pollIntervalMs)}</p>`;
}

function incidentOf({ incident, nowMs }: HeatMapInput, { theme }: HeatMapView): Markup {
  if (incident.kind === 'absent') return nothing;
  if (incident.kind === 'unknown') return markup`<p>Incident: unknown: ${shortened(incident.reason, 300)}</p>`;
  const { status, openedAtMs, outcome, links } = incident.value;
  const since = `${durationText(nowMs - openedAtMs)} ago`;
  const what =
    status === 'open'
      ? markup`<b style="color:${PALETTES[theme].warning}">Open incident</b>, opened ${since}`
      : markup`Last incident, opened ${since}`;
  return markup`<p>${what}: ${shortened(outcome ?? 'a run of the runbook goes on', 300)}${links.map(linkOf)}</p>`;
}

const linkOf = ({ text, href }: HeatMapLink): Markup =>
  markup` · <a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`;
