/** A table of the partitions with the worst lag, and of some with unknown lag. */

import type { Reading } from '#core/kafka/reading.ts';
import { fullNumber } from '#core/text/text.ts';
import type { HeatMapPartition } from './input.ts';
import { type Markup, markup, nothing, shortened } from './markup.ts';
import { ageText, readingText } from './words.ts';

/** Rows for partitions with unknown lag: the first ones show why. */
const MAX_UNKNOWN = 5;
/** Characters of a name. A topic has at most 249, a client any number. */
const NAME = 80;

/**
 * At most `rows` partitions with lag, the worst first, then some with unknown lag. Empty without
 * either.
 */
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
    more === 0 ? nothing : markup`<p>and ${fullNumber(more)} more with lag, or with lag that is unknown</p>`
  }`;
}

const rowOf = ({ topic, partition, lag, age, owner }: HeatMapPartition): Markup => {
  const owned = owner.kind === 'known' ? nameOf(owner.value) : 'nobody';
  const cells = [cellOf(lag, readingText(lag, 'no commit')), cellOf(age, ageText(age)), cellOf(owner, owned)];
  return markup`<tr><td>${nameOf(topic)}</td><td>${partition}</td>${cells}</tr>`;
};

const cellOf = (reading: Reading<unknown>, shown: string | Markup): Markup =>
  reading.kind === 'unknown'
    ? markup`<td><span title="${shortened(reading.reason, 300)}">unknown</span></td>`
    : markup`<td>${shown}</td>`;

const nameOf = (name: string): Markup => markup`<bdi title="${shortened(name, 300)}">${shortened(name, NAME)}</bdi>`;
