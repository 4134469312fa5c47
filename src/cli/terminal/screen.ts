/** Shows a changing view: in place on a terminal, one block after the other elsewhere. */
import { clearScreenDown, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import type { ViewSpace } from './view-space.ts';

/** Shows views, on a terminal each in place of the one before. */
export interface Screen {
  show(linesFor: (space: ViewSpace) => readonly string[]): void;
}

const TO_END_OF_LINE = '\u001b[K';

/** A screen on a stream such as stdout. */
export function createScreen(stream: Pick<WriteStream, 'isTTY' | 'columns' | 'rows' | 'write'>): Screen {
  return {
    show(linesFor) {
      if (!stream.isTTY) {
        stream.write(`${linesFor({}).join('\n')}\n\n`);
        return;
      }
      const lines = linesFor({ columns: stream.columns, rows: stream.rows });
      cursorTo(stream as WriteStream, 0, 0);
      // Overwrites line by line: clearing the screen first would flicker.
      stream.write(lines.map((line) => `${line}${TO_END_OF_LINE}\n`).join(''));
      clearScreenDown(stream as WriteStream);
    },
  };
}
