/** What the colours and marks of a heat map mean. */
import type { HeatMapPartition, HeatMapView } from './input.ts';
import { type Markup, markup } from './markup.ts';
import { absentCell, LEVELS, levelCell, levelOf, PALETTES, unknownCell } from './palette.ts';

const SIDE = 16;
/** Width of an entry, in pixels. */
const ENTRY = 108;

/** The levels up to the highest there is, and what else is in the map. */
export function drawLegend(partitions: readonly HeatMapPartition[], { theme, width }: HeatMapView): Markup {
  const palette = PALETTES[theme];
  const levels = partitions.flatMap(({ lag }) => (lag.kind === 'known' ? [levelOf(lag.value)] : []));
  const highest = Math.max(-1, ...levels);
  const box = { x: 0, y: 0, width: SIDE, height: SIDE };
  const has = (kind: 'absent' | 'unknown') => partitions.some(({ lag }) => lag.kind === kind);
  const entries = [
    ...LEVELS.slice(0, highest + 1).map((name, level) => ({ name, cell: levelCell(box, level, palette) })),
    ...(has('absent') ? [{ name: 'no commit', cell: absentCell(box, palette) }] : []),
    ...(has('unknown') ? [{ name: 'unknown', cell: unknownCell(box, palette) }] : []),
  ];
  const columns = Math.max(1, Math.min(entries.length, Math.floor(width / ENTRY)));
  const height = Math.ceil(entries.length / columns) * (SIDE + 6);
  const drawings = entries.map(({ name, cell }, i) => {
    const [x, y] = [(i % columns) * ENTRY, Math.floor(i / columns) * (SIDE + 6)];
    const text = markup`<text x="${SIDE + 6}" y="12" fill="${palette.text}">${name}</text>`;
    return markup`<g transform="translate(${x} ${y})">${cell}${text}</g>`;
  });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${columns * ENTRY}" height="${height}" role="img" aria-label="Legend: records of lag" font-family="sans-serif" font-size="11">${drawings}</svg>`;
}
