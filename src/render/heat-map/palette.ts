/**
 * Levels of lag in powers of ten, each with a colour and a mark that grows with it; and the legend.
 */
import type { HeatMapPartition, HeatMapView } from './input.ts';
import { type Markup, markup } from './markup.ts';

/** Names of the levels. 0: no lag; n: below 10 to the power of n; the last has no upper end. */
export const LEVELS = [
  'none',
  '1 to 9',
  '10 to 99',
  '100 to 999',
  '1k to 10k',
  '10k to 100k',
  '100k to 1M',
  '1M and more',
] as const;

/** Level of a lag in records. */
export const levelOf = (lag: number): number =>
  lag < 1 ? 0 : Math.min(LEVELS.length - 1, Math.floor(Math.log10(lag) + 1e-9) + 1);

/** Colour of a cell, and a colour that is readable on it. */
export interface Shade {
  readonly fill: string;
  readonly ink: string;
}

/** Colours of a theme. */
export interface Palette {
  /**
   * By level: one hue that grows away from the page's colour, so that colour-blind people see it.
   */
  readonly levels: readonly Shade[];
  /** For no commit and for unknown lag. */
  readonly other: Shade;
  readonly text: string;
  readonly faint: string;
  readonly warning: string;
  readonly line: string;
}

const BLACK = '#16191f';
const WHITE = '#ffffff';
/** Up to `firstInks`, fills take the first ink; the others take the second. */
const shades = (fills: readonly string[], firstInks: number, [first, then]: readonly [string, string]): Shade[] =>
  fills.map((fill, i) => ({ fill, ink: i < firstInks ? first : then }));

/** By theme of the console. */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    levels: shades(['#f2f3f3', '#fee8c8', '#fdd49e', '#fdbb84', '#fc8d59', '#ef6548', '#c9281c', '#7f0000'], 6, [
      BLACK,
      WHITE,
    ]),
    other: { fill: WHITE, ink: '#545b64' },
    text: BLACK,
    faint: '#545b64',
    warning: '#b0130e',
    line: '#aab7b8',
  },
  dark: {
    levels: shades(['#2a2e33', '#45260f', '#652f0d', '#8a3a0a', '#ad4c10', '#d9711c', '#f79a44', '#ffd79b'], 5, [
      WHITE,
      BLACK,
    ]),
    other: { fill: '#16191f', ink: '#d5dbdb' },
    text: '#e9ebed',
    faint: '#a9b3b8',
    warning: '#ff9d96',
    line: '#687078',
  },
};

/** `level`: as `levelOf` returns it. */
export const shadeOf = (level: number, { levels }: Palette): Shade => levels[level] as Shade;

/** A place and size in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A cell with a mark in the level's colour. The mark grows with the level, so colour is not the
 * only sign.
 */
export function levelCell(box: Box, level: number, palette: Palette): Markup {
  const frame = rect(box, shadeOf(0, palette).fill, palette.line);
  if (level === 0) return frame;
  const most = Math.min(box.width, box.height);
  const side = 4 + Math.round(((most - 4) * (level - 1)) / (LEVELS.length - 2));
  const x = box.x + Math.floor((box.width - side) / 2);
  const y = box.y + Math.floor((box.height - side) / 2);
  const { fill } = shadeOf(level, palette);
  return markup`${frame}${rect({ x, y, width: side, height: side }, fill, palette.faint)}`;
}

/** A cell filled with the level's colour, for cells that show their lag in figures. */
export const filledCell = (box: Box, level: number, palette: Palette): Markup =>
  rect(box, shadeOf(level, palette).fill, palette.line);

/** A cell without a commit: empty, with a dashed edge. */
export const absentCell = ({ x, y, width, height }: Box, { other }: Palette): Markup =>
  markup`<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" fill="${other.fill}" stroke="${other.ink}" stroke-dasharray="2 2"></rect>`;

/** A cell with unknown lag: hatched. */
export const unknownCell = (box: Box, { other }: Palette): Markup =>
  markup`${rect(box, other.fill, other.ink)}<path d="${hatch(box)}" stroke="${other.ink}" stroke-width="1" fill="none"></path>`;

const rect = ({ x, y, width, height }: Box, fill: string, line: string): Markup =>
  markup`<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" fill="${fill}" stroke="${line}"></rect>`;

/** Pixels between the lines of a hatch. */
const HATCH = 5;

/**
 * Diagonal lines, cut at the edges of the box. Not an SVG pattern: its id would clash when a page
 * has several maps.
 */
function hatch({ x, y, width, height }: Box): string {
  const lines: string[] = [];
  for (let from = HATCH; from < width + height; from += HATCH) {
    const [startX, startY] = from <= height ? [0, from] : [from - height, height];
    const [endX, endY] = from <= width ? [from, 0] : [width, from - width];
    lines.push(`M${x + startX} ${y + startY}L${x + endX} ${y + endY}`);
  }
  return lines.join('');
}

const SIDE = 16;
/** Width of a legend entry, in pixels. */
const ENTRY = 108;

/** The legend: levels up to the highest in the map, and the other kinds of cells in it. */
export function drawLegend(partitions: readonly HeatMapPartition[], { theme, width }: HeatMapView): Markup {
  const palette = PALETTES[theme];
  const highest = Math.max(-1, ...partitions.map(({ lag }) => (lag.kind === 'known' ? levelOf(lag.value) : -1)));
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
