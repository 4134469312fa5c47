/** History of one cluster in a local file, of the same bytes as the object in S3, written over only by who has seen its newest version. */
import { constants } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { messageOf } from '#core/errors.ts';
import { emptyHistory, type StoredHistory } from '#core/history/history.ts';
import { decodeHistory, encodeHistory } from '#core/history/stored/codec.ts';
import type { HistoryStore } from '#core/ports.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** A write takes no such time: what was begun earlier was left behind by a process that died. */
const STALE_MS = 60_000;

/**
 * History in a file. While the file is the one that was last read or written, `load` does not read it again.
 *
 * `load` and `save` throw what the file system answers, save for a missing file. A write goes to a file beside it first (`.new`), whose
 * being there keeps other writers off.
 */
export function createFileHistoryStore(file: string): HistoryStore {
  let warm: StoredHistory | undefined;

  return {
    async load() {
      const version = await versionOf(file);
      if (version === undefined) return { history: emptyHistory };
      if (warm?.version !== version) warm = await read(file);
      return warm;
    },

    async save({ history, version }) {
      const bytes = await compress(encodeHistory(history));
      const next = `${file}.new`;
      if (!(await isWritten(next, bytes))) return 'lost-race';
      const saved = await putInPlace(next, { file, version });
      if (saved === undefined) return 'lost-race';
      warm = { history, version: saved };
      return 'saved';
    },
  };
}

/** Renames what was written, and tells its version; undefined when the file is another version than that by now. */
async function putInPlace(
  next: string,
  { file, version }: { readonly file: string; readonly version: string | undefined },
): Promise<string | undefined> {
  try {
    const written = await versionOf(next);
    if ((await versionOf(file)) === version) {
      await rename(next, file);
      // What goes by the name of `next` from here on is of another process: it is neither removed nor asked.
      return written;
    }
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  await rm(next, { force: true });
  return undefined;
}

async function read(file: string): Promise<StoredHistory> {
  const handle = await open(file);
  try {
    const bytes = await handle.readFile();
    const decoded = await decode(bytes);
    const version = versionIn(await handle.stat({ bigint: true }));
    return decoded.kind === 'history'
      ? { history: decoded.history, version }
      : { history: emptyHistory, version, lost: decoded.reason };
  } finally {
    await handle.close();
  }
}

async function decode(bytes: Uint8Array) {
  try {
    return decodeHistory((await decompress(bytes)).toString('utf8'));
  } catch (error) {
    return { kind: 'lost' as const, reason: `the stored history cannot be used: it is not gzip: ${messageOf(error)}` };
  }
}

interface Stats {
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly size: bigint;
}

const versionIn = ({ ino, mtimeNs, size }: Stats): string => `${ino}-${mtimeNs}-${size}`;

/** Undefined when there is no such file. */
async function versionOf(file: string): Promise<string | undefined> {
  try {
    return versionIn(await stat(file, { bigint: true }));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file that is not there; false when it is: another write is under way. */
async function isWritten(file: string, bytes: Uint8Array): Promise<boolean> {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  try {
    const handle = await open(file, O_WRONLY | O_CREAT | O_EXCL);
    try {
      await handle.writeFile(bytes);
    } catch (error) {
      // Half a file would keep the next writes off, as if another were under way.
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    // The next poll finds it gone.
    if (Date.now() - mtimeMs > STALE_MS) await rm(file, { force: true });
    return false;
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
