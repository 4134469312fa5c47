/** The partitions with the worst lag, and those whose lag is unknown, as a table. */

import type { RecordAge } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { HeatMapPartition } from './input.ts';
import { type Markup, markup, nothing, shortened } from './markup.ts';
import { ageText, inFull, readingText } from './words.ts';

/** Rows for partitions whose lag is unknown: the first ones tell why. */
const MAX_UNKNOWN = 5;
/** Characters of a name: a topic's are 249 at most, a client's any number. */
const NAME = 80;

/** At most `rows` partitions with lag, the worst first; then some whose lag is unknown. Nothing when there is neither. */
export function worstTable(partitions: readonly HeatMapPartition[], rows: number): Markup {
  const lagging = partitions.flatMap((p) =>
    p.lag.kind === 'known' && p.lag.value > 0 ? [{ p, lag: p.lag.value }] : [],
  );
  const unknowns = partitions.filter(({ lag }) => lag.kind === 'unknown');
  const worst = lagging
    .sort((a, b) => b.lag - a.lag)
    .slice(0, rows)
    .map(({ p }) => p);
  const shown = [...worst, ...unknowns.slice(0, MAX_UNKNOWN)];
  if (shown.length === 0) return nothing;
  const more = lagging.length + unknowns.length - shown.length;
  return markup`<table><thead><tr><th>Topic</th><th>Partition</th><th>Lag</th><th>Oldest unread record</th><th>Owner</th></tr></thead><tbody>${shown.map(rowOf)}</tbody></table>${
    more === 0 ? nothing : markup`<p>and ${inFull(more)} more with lag, or with lag that is unknown</p>`
  }`;
}

const rowOf = (p: HeatMapPartition): Markup =>
  markup`<tr><td>${nameOf(p.topic)}</td><td>${p.partition}</td><td>${readingCell(p.lag)}</td><td>${ageCell(p.age)}</td><td>${ownerCell(p.owner)}</td></tr>`;

const nameOf = (name: string): Markup => markup`<bdi title="${shortened(name, 300)}">${shortened(name, NAME)}</bdi>`;

const readingCell = (reading: Reading<number>): Markup =>
  reading.kind === 'unknown' ? unknownCell(reading.reason) : markup`${readingText(reading, 'no commit')}`;

const ageCell = (age: Reading<RecordAge>): Markup =>
  age.kind === 'unknown' ? unknownCell(age.reason) : markup`${ageText(age)}`;

const ownerCell = (owner: Reading<string>): Markup =>
  owner.kind === 'unknown' ? unknownCell(owner.reason) : owner.kind === 'known' ? nameOf(owner.value) : markup`nobody`;

const unknownCell = (reason: string): Markup => markup`<span title="${shortened(reason, 300)}">unknown</span>`;
