/** The scale of a heat map: lag in powers of ten, each with a colour, and a mark that grows with it. */
import { type Markup, markup } from './markup.ts';

/** 0: no lag; n: below 10 to the power of n; the last has no end. */
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

/** Colour of a cell, and one that is read on it. */
export interface Shade {
  readonly fill: string;
  readonly ink: string;
}

/** Colours of a theme. */
export interface Palette {
  /** By level: one hue, from what the page has to what stands out most, which colour-blind people see too. */
  readonly levels: readonly Shade[];
  /** Without a commit, and unknown. */
  readonly other: Shade;
  readonly text: string;
  readonly faint: string;
  readonly warning: string;
  readonly line: string;
}

const BLACK = '#16191f';
const WHITE = '#ffffff';
const shades = (fills: readonly string[], inks: readonly string[]): Shade[] =>
  fills.map((fill, i) => ({ fill, ink: inks[i] as string }));

/** By theme of the console. */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    levels: shades(
      ['#f2f3f3', '#fee8c8', '#fdd49e', '#fdbb84', '#fc8d59', '#ef6548', '#c9281c', '#7f0000'],
      [BLACK, BLACK, BLACK, BLACK, BLACK, BLACK, WHITE, WHITE],
    ),
    other: { fill: WHITE, ink: '#545b64' },
    text: BLACK,
    faint: '#545b64',
    warning: '#b0130e',
    line: '#aab7b8',
  },
  dark: {
    levels: shades(
      ['#2a2e33', '#45260f', '#652f0d', '#8a3a0a', '#ad4c10', '#d9711c', '#f79a44', '#ffd79b'],
      [WHITE, WHITE, WHITE, WHITE, WHITE, BLACK, BLACK, BLACK],
    ),
    other: { fill: '#16191f', ink: '#d5dbdb' },
    text: '#e9ebed',
    faint: '#a9b3b8',
    warning: '#ff9d96',
    line: '#687078',
  },
};

/** Of a level that `levelOf` gave. */
export const shadeOf = (level: number, { levels }: Palette): Shade => levels[level] as Shade;

/** A place and size in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A cell of a level by a mark in its colour, which grows with it: the colour is not all there is. */
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

/** A cell filled with the colour of a level, for those that say their lag in figures. */
export const filledCell = (box: Box, level: number, palette: Palette): Markup =>
  rect(box, shadeOf(level, palette).fill, palette.line);

/** A cell without a commit: empty, with a broken edge. */
export const absentCell = ({ x, y, width, height }: Box, { other }: Palette): Markup =>
  markup`<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" fill="${other.fill}" stroke="${other.ink}" stroke-dasharray="2 2"></rect>`;

/** A cell whose lag is unknown: hatched. */
export const unknownCell = (box: Box, { other }: Palette): Markup =>
  markup`${rect(box, other.fill, other.ink)}<path d="${hatch(box)}" stroke="${other.ink}" stroke-width="1" fill="none"></path>`;

const rect = ({ x, y, width, height }: Box, fill: string, line: string): Markup =>
  markup`<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" fill="${fill}" stroke="${line}"></rect>`;

/** Distance of two lines of a hatch, in pixels. */
const HATCH = 5;

/** Lines from the left and lower edge up to the right, cut at the edges. No pattern with an id: a page may hold many maps. */
function hatch({ x, y, width, height }: Box): string {
  const lines: string[] = [];
  for (let from = HATCH; from < width + height; from += HATCH) {
    const [startX, startY] = from <= height ? [0, from] : [from - height, height];
    const [endX, endY] = from <= width ? [from, 0] : [width, from - width];
    lines.push(`M${x + startX} ${y + startY}L${x + endX} ${y + endY}`);
  }
  return lines.join('');
}
