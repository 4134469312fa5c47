import { expect, test } from 'vitest';
import { renderLine, renderTable } from '#cli/terminal/render.ts';

test('a table aligns its columns by the width that a terminal gives the text', () => {
  const text = renderTable(['NAME', 'COUNT', 'NOTE'], [['日本語', '1', 'a'], ['ab', '100000', ''], []]);

  expect(text).toBe('NAME    COUNT   NOTE\n日本語  1       a\nab      100000\n\n');
});

test('a table escapes its cells before they are painted', () => {
  const text = renderTable(['A', 'B'], [['\u001b[2J', 'x']], (cell, column) => (column === 0 ? `<${cell}>` : cell));

  expect(text.split('\n')[1]).toBe('<\\u{1b}[2J>  x');
});

test('an error of several lines becomes one line', () => {
  expect(renderLine('one\ntwo\n')).toBe('lag: one; two\n');
});
