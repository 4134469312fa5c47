/** The map: a cell for each partition, in order, one block per topic. */
import { byPartition } from '#core/kafka/model.ts';
import { roughDuration, shortNumber } from '#core/text/text.ts';
import type { HeatMapPartition, HeatMapView } from './input.ts';
import { type Markup, markup, nothing, shortened } from './markup.ts';
import {
  absentCell,
  type Box,
  filledCell,
  levelCell,
  levelOf,
  PALETTES,
  type Palette,
  shadeOf,
  unknownCell,
} from './palette.ts';
import { ageText, readingText } from './words.ts';

/** Most cells: more are neither readable nor quick to load. */
export const MAX_CELLS = 1_000;
/**
 * With more topics than this, the headings would take more room than the cells: one block holds
 * all.
 */
const MAX_BLOCKS = 20;
/** Characters of a name in a label and in a tooltip. */
const LABEL = 60;

/** Pixels left of the cells, for the number of a row's first partition. */
const MARGIN = 44;
const BLOCK_HEAD = 20;

/** What a cell shows: all in words, its lag in figures, or only a colour and a mark. */
interface CellSize {
  readonly width: number;
  readonly height: number;
  readonly says: 'words' | 'figures' | 'mark';
}

function sizeFor(count: number): CellSize {
  if (count <= 12) return { width: 100, height: 50, says: 'words' };
  if (count <= 120) return { width: 44, height: 22, says: 'figures' };
  return count <= 600 ? { width: 16, height: 16, says: 'mark' } : { width: 12, height: 12, says: 'mark' };
}

/** Cells in a row: as many as fit, in tens where possible, so that readers can count. */
function columnsFor({ width }: CellSize, viewWidth: number): number {
  const fitting = Math.max(1, Math.floor((viewWidth - MARGIN) / width));
  return fitting < 10 ? fitting : fitting - (fitting % 10);
}

/**
 * The partitions to draw: all, or those with unknown and worst lag. In order of topic and
 * partition.
 */
export const drawn = (partitions: readonly HeatMapPartition[]): HeatMapPartition[] =>
  [...partitions]
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MAX_CELLS)
    .sort(byPartition);

const weight = ({ lag }: HeatMapPartition): number =>
  lag.kind === 'known' ? lag.value : lag.kind === 'unknown' ? Number.POSITIVE_INFINITY : -1;

interface Block {
  readonly title: string;
  readonly partitions: readonly HeatMapPartition[];
  /** All are of one topic, so a number names a partition. */
  readonly isTopic: boolean;
}

function blocksOf(partitions: readonly HeatMapPartition[]): Block[] {
  const byTopic = [...Map.groupBy(partitions, ({ topic }) => topic)];
  if (byTopic.length > MAX_BLOCKS) {
    return [{ title: `${byTopic.length} topics, by name`, partitions, isTopic: false }];
  }
  return byTopic.map(([topic, ofTopic]) => ({ title: shortened(topic, LABEL), partitions: ofTopic, isTopic: true }));
}

/** The map as SVG; empty without a partition. */
export function drawGrid(partitions: readonly HeatMapPartition[], view: HeatMapView): Markup {
  if (partitions.length === 0) return nothing;
  const palette = PALETTES[view.theme];
  const size = sizeFor(partitions.length);
  const columns = columnsFor(size, view.width);
  const blocks = blocksOf(partitions);
  const widest = Math.max(...blocks.map((block) => Math.min(columns, block.partitions.length)));
  const rowsOf = (block: Block) => Math.ceil(block.partitions.length / columns);
  let y = 0;
  const drawings = blocks.map((block) => {
    const top = y;
    y += BLOCK_HEAD + rowsOf(block) * size.height + 6;
    return drawBlock(block, { top, columns, size, palette });
  });
  const width = Math.max(MARGIN + widest * size.width, Math.min(view.width, MARGIN + LABEL * 7));
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" aria-label="Lag of ${partitions.length} partitions" font-family="sans-serif" font-size="11">${drawings}</svg>`;
}

interface Placing {
  readonly top: number;
  readonly columns: number;
  readonly size: CellSize;
  readonly palette: Palette;
}

function drawBlock({ title, partitions, isTopic }: Block, { top, columns, size, palette }: Placing): Markup {
  const cells = partitions.map((partition, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const y = top + BLOCK_HEAD + row * size.height;
    const box = { x: MARGIN + column * size.width, y, width: size.width, height: size.height };
    const isFirst = column === 0 && isTopic;
    const number = isFirst ? rowNumber(partition.partition, y + size.height / 2, palette) : nothing;
    return markup`${number}${drawCell(partition, box, { says: size.says, palette })}`;
  });
  return markup`<text x="0" y="${top + 14}" fill="${palette.text}" style="unicode-bidi:isolate">${title}</text>${cells}`;
}

const rowNumber = (partition: number, middle: number, { faint }: Palette): Markup =>
  markup`<text x="${MARGIN - 6}" y="${middle + 4}" text-anchor="end" fill="${faint}">${partition}</text>`;

interface CellStyle {
  readonly says: CellSize['says'];
  readonly palette: Palette;
}

function drawCell(partition: HeatMapPartition, box: Box, style: CellStyle): Markup {
  return markup`<g><title>${titleOf(partition)}</title>${cellOf(partition, box, style)}${textIn(partition, box, style)}</g>`;
}

function cellOf({ lag }: HeatMapPartition, box: Box, { says, palette }: CellStyle): Markup {
  if (lag.kind === 'unknown') return unknownCell(box, palette);
  if (lag.kind === 'absent') return absentCell(box, palette);
  return (says === 'mark' ? levelCell : filledCell)(box, levelOf(lag.value), palette);
}

function titleOf(p: HeatMapPartition): string {
  const name = `${shortened(p.topic, LABEL)}/${p.partition}`;
  const owner = readingText(p.owner, 'nobody');
  return `${name}: lag ${readingText(p.lag, 'no commit')}; oldest unread record ${ageText(p.age)}; owner ${shortened(owner, LABEL * 2)}`;
}

/** The lines of text in a cell. */
function linesIn({ partition, lag, age }: HeatMapPartition, says: CellSize['says']): string[] {
  if (says === 'mark') return [];
  const figure = lag.kind === 'known' ? shortNumber(lag.value) : lag.kind === 'absent' ? '–' : '?';
  if (says === 'figures') return [figure];
  const words = lag.kind === 'known' ? `lag ${figure}` : lag.kind === 'absent' ? 'no commit' : 'lag unknown';
  const old = age.kind === 'known' ? [`age ≥ ${roughDuration(age.value.atLeastMs)}`] : [];
  return [`partition ${partition}`, words, ...old];
}

function textIn(p: HeatMapPartition, box: Box, { says, palette }: CellStyle): Markup[] {
  const { ink, fill } = p.lag.kind === 'known' ? shadeOf(levelOf(p.lag.value), palette) : palette.other;
  const x = box.x + box.width / 2;
  const first = says === 'words' ? box.y + 15 : box.y + box.height / 2 + 4;
  return linesIn(p, says).map(
    (line, i) =>
      // An outline in the cell's colour keeps words readable on a hatch.
      markup`<text x="${x}" y="${first + 14 * i}" text-anchor="middle" fill="${ink}" stroke="${fill}" stroke-width="5" paint-order="stroke">${line}</text>`,
  );
}
