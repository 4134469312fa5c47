import { describe, expect, it } from 'vitest';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { MAX_CELLS } from '#render/heat-map/grid.ts';
import type { HeatMapInput, HeatMapPartition, HeatMapView } from '#render/heat-map/input.ts';
import { shortened } from '#render/heat-map/markup.ts';
import { renderHeatMap } from '#render/heat-map/page.ts';
import { LEVELS, levelOf, PALETTES } from '#render/heat-map/palette.ts';
import { ageText } from '#render/heat-map/words.ts';
import { mapOf, mapped, NOW, VIEW } from '#test/support/heat-map/heat-maps.ts';
import { elementsOf, textOf } from '#test/support/heat-map/html.ts';

const FAILED = unknown('broker 3 did not answer');
const render = (input: HeatMapInput, view: Partial<HeatMapView> = {}): string =>
  String(renderHeatMap(input, { ...VIEW, ...view }));
const many = (count: number, lagOf = (i: number) => i): HeatMapPartition[] =>
  Array.from({ length: count }, (_, i) => mapped(i, lagOf(i)));
/** What a pointer on each cell shows. */
const cellsOf = (html: string): string[] =>
  elementsOf(html).flatMap(({ tag, text }) => (tag === 'title' ? [text] : []));
/** Sizes of the map, which comes after its legend. */
const sizeOf = (html: string): { width: number; height: number } => {
  const map = elementsOf(html).filter(({ tag }) => tag === 'svg')[1];
  return { width: Number(map?.attributes.width), height: Number(map?.attributes.height) };
};
const rowsOf = (html: string): string[] => elementsOf(html).flatMap(({ tag, text }) => (tag === 'tr' ? [text] : []));

describe('the map', () => {
  it('shows a single partition in words', () => {
    const html = render(mapOf([mapped(7, 12_345)]));

    expect(cellsOf(html)).toEqual(['orders/7: lag 12,345; oldest unread record 12 s; owner task@127.0.0.1']);
    expect(textOf(html)).toMatch(/partition 7.*lag 12k.*age ≥ 12 s/);
    expect(sizeOf(html).height).toBeLessThan(100);
  });

  it('draws 500 partitions as cells that fit the width, in rows of tens', () => {
    const html = render(mapOf(many(500)));
    const { width, height } = sizeOf(html);

    expect(cellsOf(html)).toHaveLength(500);
    expect(cellsOf(html)[499]).toMatch(/^orders\/499: lag 499;/);
    expect(width).toBeLessThanOrEqual(VIEW.width);
    expect(height).toBeLessThan(400);
    // The number of the first partition of each row.
    expect(textOf(html)).toMatch(/30/);
    expect(html.length).toBeLessThan(300_000);
  });

  it('writes figures into up to 120 cells, and draws marks without text into more', () => {
    const texts = (count: number) =>
      elementsOf(render(mapOf(many(count, () => 2_345)))).filter(({ tag, text }) => tag === 'text' && text === '2.3k');

    expect(texts(100)).toHaveLength(100);
    expect(texts(200)).toEqual([]);
  });

  it('gives a higher level a larger mark and another colour', () => {
    const lags = [0, 5, 50, 500, 5_000, 50_000, 500_000, 5_000_000];
    const partitions = many(800, (i) => lags[i % lags.length] ?? 0);
    const cells = elementsOf(render(mapOf(partitions))).filter(
      ({ tag, attributes }) => tag === 'rect' && attributes.fill,
    );
    const marks = PALETTES.light.levels.map(({ fill }) =>
      Math.min(...cells.filter((cell) => cell.attributes.fill === fill).map((cell) => Number(cell.attributes.width))),
    );

    expect(lags.map(levelOf)).toEqual(LEVELS.map((_, level) => level));
    expect(marks.slice(1)).toEqual(marks.slice(1).toSorted((a, b) => a - b));
    expect(new Set(marks.slice(1)).size).toBeGreaterThanOrEqual(6);
  });

  it('never draws an unknown lag or a missing commit as lag 0', () => {
    for (const others of [0, 50, 400]) {
      const html = render(
        mapOf([
          mapped(0, 0, { lag: FAILED }),
          mapped(1, 0, { lag: absent }),
          ...many(others).map((p) => ({ ...p, topic: 'z' })),
        ]),
      );
      const groups = elementsOf(html).filter(({ tag }) => tag === 'path');

      expect(cellsOf(html)[0]).toMatch(/lag unknown: broker 3 did not answer/);
      expect(cellsOf(html)[1]).toMatch(/lag no commit/);
      // In the legend, and in the map.
      expect(groups).toHaveLength(2);
      expect(html.match(/stroke-dasharray/g)).toHaveLength(2);
    }
  });

  it('draws a block for each topic, and a single block for many topics', () => {
    const topics = (count: number) =>
      Array.from({ length: count }, (_, i) => mapped(0, 1, { topic: `topic-${String(i).padStart(2, '0')}` }));

    expect(textOf(render(mapOf(topics(20))))).toContain('topic-19');
    const packed = render(mapOf(topics(200)));
    expect(textOf(packed)).toContain('200 topics, by name');
    expect(sizeOf(packed).height).toBeLessThan(200);
  });

  it('leaves out the partitions with the least lag when there are too many, and says so', () => {
    const html = render(
      mapOf([...many(MAX_CELLS + 250), mapped(9_999, 0, { lag: FAILED }), mapped(9_998, 0, { lag: absent })]),
    );
    const cells = cellsOf(html);

    expect(cells).toHaveLength(MAX_CELLS);
    expect(cells[0]).toMatch(/^orders\/251:/);
    expect(cells.at(-1)).toMatch(/^orders\/9999: lag unknown/);
    expect(textOf(html)).toContain('the 1,000 partitions with most lag, and leaves out 252');
    expect(html.length).toBeLessThan(1_000_000);
  });

  it('fits a narrow widget and both themes', () => {
    const narrow = render(mapOf(many(12)), { width: 200 });
    const dark = render(mapOf(many(12)), { theme: 'dark' });

    expect(sizeOf(narrow).width).toBeLessThanOrEqual(464);
    expect(dark).toContain(PALETTES.dark.text);
    expect(dark).not.toContain(`"${PALETTES.light.levels[2]?.fill}"`);
  });

  it('stays empty without a partition', () => {
    const html = render(mapOf([]));

    expect(cellsOf(html)).toEqual([]);
    expect(textOf(html)).toContain('No lag is known');
  });
});

describe('colours', () => {
  const channel = (hex: string) => {
    const value = Number.parseInt(hex, 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (color: string) =>
    0.2126 * channel(color.slice(1, 3)) + 0.7152 * channel(color.slice(3, 5)) + 0.0722 * channel(color.slice(5, 7));
  const contrast = (a: string, b: string) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each(['light', 'dark'] as const)('of theme %s keep words readable, and differ in lightness alone', (theme) => {
    const { levels, other, text, warning, faint } = PALETTES[theme];
    const page = theme === 'light' ? '#ffffff' : '#16191f';

    for (const { fill, ink } of [...levels, other]) expect(contrast(fill, ink)).toBeGreaterThanOrEqual(4.5);
    for (const color of [text, warning, faint]) expect(contrast(color, page)).toBeGreaterThanOrEqual(4.5);
    const steps = levels.map(({ fill }) => luminance(fill));
    expect(steps).toEqual(steps.toSorted((a, b) => (theme === 'light' ? b - a : a - b)));
  });
});

describe('the page', () => {
  it('names the group, the cluster, the lag and the time of the reading', () => {
    const text = textOf(render(mapOf([mapped(0, 1_200), mapped(1, 300)])));

    expect(text).toContain('billing on prod: Stable, members 3, partitions 2');
    expect(text).toContain(
      'Lag 1,500 records, worst partition 1,200; 0.50 of its threshold of lag; 100 % of partitions measured',
    );
    expect(text).toContain('Read at 2026-11-23 12:00:00 UTC, 40 s ago');
    expect(text).not.toContain('Old:');
  });

  it('leaves unknown partitions out of its numbers, and counts them', () => {
    const partitions = [mapped(0, 10), mapped(1, 0, { lag: FAILED })];
    const ratio = known({ value: 0.5, by: 'age', complete: false } as const);
    const text = textOf(render(mapOf(partitions, { coverage: known(0.9999), state: FAILED, members: absent, ratio })));

    expect(text).toContain('Lag at least 10 records');
    expect(text).toContain('at least 0.50 of its threshold of age');
    expect(text).toContain('99.9 % of partitions measured; lag of 1 unknown');
    expect(text).toContain('unknown: broker 3 did not answer, members none');
  });

  it('says that nothing is known when nothing is', () => {
    const text = textOf(render(mapOf([mapped(0, 0, { lag: FAILED })], { ratio: FAILED, coverage: FAILED })));

    expect(text).toContain('No lag is known; how far behind its thresholds: unknown; coverage unknown: broker 3');
  });

  it('warns of an old reading', () => {
    const text = textOf(render(mapOf([], { atMs: NOW - 3_600_000 })));

    expect(text).toContain('Old: Read at 2026-11-23 11:00:40 UTC, 1 h ago; a poll is due every 1 min');
  });

  it('shows notes', () => {
    expect(textOf(render(mapOf([], { notes: ['beware'] })))).toContain('Note: beware');
  });

  it('links an open incident to its report and its run', () => {
    const links = [{ text: 'report', href: 'https://console.aws.amazon.com/x?a=1&b=2' }];
    const html = render(mapOf([], { incident: known({ status: 'open', openedAtMs: NOW - 60_000, links }) }));
    const link = elementsOf(html).find(({ tag }) => tag === 'a');

    expect(textOf(html)).toContain('Open incident, opened 1 min ago: a run of the runbook goes on · report');
    expect(link?.attributes.href).toBe(links[0]?.href);
  });

  it('distinguishes open, closed, unknown and absent incidents', () => {
    const closed = known({
      status: 'closed',
      openedAtMs: NOW - 60_000,
      outcome: 'nothing was scaled',
      links: [],
    } as const);

    expect(textOf(render(mapOf([], { incident: closed })))).toContain(
      'Last incident, opened 1 min ago: nothing was scaled',
    );
    expect(textOf(render(mapOf([], { incident: FAILED })))).toContain('Incident: unknown: broker 3');
    expect(textOf(render(mapOf([])))).not.toMatch(/incident/i);
  });
});

describe('the table', () => {
  it('lists the worst partitions first and the unknown ones last', () => {
    const partitions = [
      mapped(0, 5),
      mapped(1, 50),
      mapped(2, 0),
      mapped(3, 0, { lag: FAILED, age: FAILED, owner: FAILED }),
      mapped(4, 7, { owner: absent, age: known({ atLeastMs: 3_600_000, proven: false }) }),
    ];
    const html = render(mapOf(partitions));

    expect(rowsOf(html).slice(1)).toEqual([
      'orders1500 stask@127.0.0.1',
      'orders47at least 1 hnobody',
      'orders050 stask@127.0.0.1',
      'orders3unknownunknownunknown',
    ]);
    expect(elementsOf(html).find(({ tag, text }) => tag === 'span' && text === 'unknown')?.attributes.title).toBe(
      'broker 3 did not answer',
    );
  });

  it('ends after its rows, and counts the partitions that it leaves out', () => {
    const unknowns = Array.from({ length: 9 }, (_, i) => mapped(100 + i, 0, { lag: FAILED }));
    const html = render(mapOf([...many(30), ...unknowns]), { rows: 3 });

    expect(rowsOf(html)).toHaveLength(1 + 3 + 5);
    expect(textOf(html)).toContain('and 30 more with lag, or with lag that is unknown');
  });

  it('is missing when no partition has lag', () => {
    expect(rowsOf(render(mapOf(many(3, () => 0))))).toEqual([]);
  });
});

describe('words', () => {
  it('show an age as a bracket', () => {
    expect(ageText(known({ atLeastMs: 120_000, atMostMs: 150_000, proven: true }))).toBe('2 min to 2 min 30 s');
    expect(ageText(absent)).toBe('nothing unread');
    expect(ageText(FAILED)).toBe('unknown: broker 3 did not answer');
  });

  it('lose the middle of a long name', () => {
    expect(shortened('abcdefghij', 10)).toBe('abcdefghij');
    expect(shortened('abcdefghijk', 6)).toBe('abc…jk');
  });
});
