/** The page has the same elements and attributes for every name, and shows names as text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '#core/kafka/reading.ts';
import { MAX_CELLS } from '#render/heat-map/grid.ts';
import { jsonInside, markup } from '#render/heat-map/markup.ts';
import { choices, message, renderHeatMap } from '#render/heat-map/page.ts';
import { mapOf, mapped, VIEW } from '#test/support/heat-map/heat-maps.ts';
import { elementsOf, shapeOf, textOf } from '#test/support/heat-map/html.ts';

const NASTY = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  ']]>',
  '--><!--',
  '</title></svg><iframe src=//x>',
  '</cwdb-action><a href="javascript:alert(1)">',
  '\u202etxt.exe',
  '\u2066\u2069\u200f',
  '\u0000\u0007\u001b[31m',
  '\u2028\u2029',
  '\ud800',
  '__proto__',
  'constructor',
  '&amp;&lt;&#60;`',
  'javascript:alert(1)',
  '{{constructor.constructor("x")()}}',
  'x'.repeat(249),
  '😀'.repeat(70),
];
const name = fc.oneof(
  fc.constantFrom(...NASTY),
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 20 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join('')),
);
const names = fc.record({ group: name, topic: name, owner: name, reason: name, cluster: name, link: name });
type Names = typeof names extends fc.Arbitrary<infer T> ? T : never;
const HARMLESS: Names = { group: 'g', topic: 't', owner: 'o', reason: 'r', cluster: 'c', link: 'l' };

const pageOf = ({ group, topic, owner, reason, cluster, link }: Names): string =>
  String(
    renderHeatMap(
      mapOf(
        [
          mapped(0, 5_000, { topic, owner: known(owner) }),
          mapped(1, 0, { topic, lag: unknown(reason), age: unknown(reason), owner: unknown(reason) }),
        ],
        {
          clusterName: cluster,
          groupId: group,
          state: known(reason),
          coverage: unknown(reason),
          notes: [reason],
          incident: known({
            status: 'open',
            openedAtMs: 0,
            outcome: reason,
            links: [{ text: link, href: 'https://x/' }],
          }),
        },
      ),
      VIEW,
    ),
  );

const ENDPOINT = 'arn:aws:lambda:eu-west-1:111122223333:function:heat-map';
/** Controls, overrides of direction and the like, which a page must not pass on. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;

describe('hostile names', () => {
  it('change no element and no attribute, and hide nothing', () => {
    fc.assert(
      fc.property(names, (hostile) => {
        const html = pageOf(hostile);

        expect(shapeOf(html)).toEqual(shapeOf(pageOf(HARMLESS)));
        expect(html).not.toMatch(INVISIBLE);
        for (const { attributes } of elementsOf(html)) {
          expect(Object.keys(attributes).filter((key) => key.startsWith('on'))).toEqual([]);
          if (attributes.href !== undefined) expect(attributes.href).toMatch(/^https:/);
        }
      }),
    );
  });

  it('appear unchanged, as far as they are visible', () => {
    expect(textOf(pageOf({ ...HARMLESS, group: '<b>&amp;"\u202e' }))).toContain('<b>&amp;"\\u202e on c');
  });

  it('pass through a button unchanged and stay inside it', () => {
    const harmless = shapeOf(String(choices('Next:', [{ groupId: 'g', hint: 'h' }], ENDPOINT)));
    fc.assert(
      fc.property(name, name, (groupId, hint) => {
        const html = String(choices('Next:', [{ groupId, hint }], ENDPOINT));
        const action = elementsOf(html).find(({ tag }) => tag === 'cwdb-action');

        expect(shapeOf(html)).toEqual(harmless);
        expect(JSON.parse(action?.text ?? '')).toEqual({ group: groupId });
        expect(action?.attributes).toEqual({ action: 'call', display: 'widget', endpoint: ENDPOINT });
        // Whether the console reads the text or the markup inside is the same.
        expect(html).toContain(action?.text ?? 'nothing');
        expect(html).not.toMatch(INVISIBLE);
      }),
    );
  });

  it('do no harm in a message', () => {
    fc.assert(
      fc.property(name, name, (what, line) => {
        expect(shapeOf(String(message(what, [line])))).toEqual(['p', 'b', 'p']);
      }),
    );
  });

  it('keep the page far below the size that a function may return', () => {
    const long = '<"&\u202e'.repeat(60);
    const partitions = Array.from({ length: 2 * MAX_CELLS }, (_, i) =>
      mapped(i, i, { topic: `${long}${i}`, owner: known(long.repeat(20)) }),
    );

    expect(
      String(renderHeatMap(mapOf(partitions, { groupId: long.repeat(100) }), { ...VIEW, rows: 50 })).length,
    ).toBeLessThan(3_000_000);
  });
});

describe('markup', () => {
  it('escapes texts, and leaves its own markup alone', () => {
    const inner = markup`<i>${'<'}</i>`;

    expect(String(markup`<b title="${'"\''}">${inner}${[inner, inner]}${3}</b>`)).toBe(
      '<b title="&quot;&#39;"><i>&lt;</i><i>&lt;</i><i>&lt;</i>3</b>',
    );
  });

  it('refuses an object that only looks like markup', () => {
    const fake = { toString: () => '<script>' } as never;

    expect(() => String(markup`${fake}`)).toThrow(TypeError);
  });

  it('writes JSON that cannot end an element', () => {
    expect(String(jsonInside({ a: '</x>&\u2028"' }))).toBe('{"a":"\\u003c/x\\u003e\\u0026\\u2028\\""}');
  });
});
