import { expect, test } from 'vitest';
import { createScreen } from '#cli/terminal/screen.ts';

/** A stream that records what is written. */
function streamOf(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => {
    written.push(String(text));
    return true;
  };
  return { written, stream: { isTTY, columns: 80, rows: 24, write } };
}

test('without a terminal, blocks follow each other, unbounded and without a control character', () => {
  const { stream, written } = streamOf(false);
  const screen = createScreen(stream);

  for (const line of ['first', 'second']) screen.show(({ columns }) => [line, `${columns}`]);

  expect(written).toEqual(['first\nundefined\n\n', 'second\nundefined\n\n']);
});

test('on a terminal, a view overwrites the previous one and clears the rest of it', () => {
  const { stream, written } = streamOf(true);
  const screen = createScreen(stream);

  screen.show(({ columns, rows }) => [`${columns} × ${rows}`]);

  expect(written).toEqual(['\u001b[1;1H', '80 × 24\u001b[K\n', '\u001b[0J']);
});
