/**
 * History of one cluster in a local file with the bytes of the object in S3. A write replaces only
 * the version that the writer loaded.
 */
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

/** A `.new` file older than this was left by a process that died: no write takes so long. */
const STALE_MS = 60_000;

/**
 * History in a file. While the file is the one last read or written, `load` does not read it again.
 *
 * `load` and `save` throw the file system's errors, except for a missing file. A write first
 * creates a file beside it (`.new`), which keeps other writers away.
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
      if (!(await createFile(next, bytes))) return 'lost-race';
      const saved = await putInPlace(next, { file, version });
      if (saved === undefined) return 'lost-race';
      warm = { history, version: saved };
      return 'saved';
    },
  };
}

/**
 * Renames the new file into place.
 *
 * @returns its version; undefined when the old file has another version by now
 */
async function putInPlace(
  next: string,
  { file, version }: { readonly file: string; readonly version: string | undefined },
): Promise<string | undefined> {
  try {
    const written = await versionOf(next);
    if ((await versionOf(file)) === version) {
      await rename(next, file);
      // From here on, a file named `next` belongs to another process.
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

/** The version of a file; undefined when there is no such file. */
async function versionOf(file: string): Promise<string | undefined> {
  try {
    return versionIn(await stat(file, { bigint: true }));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates and writes a file; false when it exists already: another write is under way. */
async function createFile(file: string, bytes: Uint8Array): Promise<boolean> {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  try {
    const handle = await open(file, O_WRONLY | O_CREAT | O_EXCL);
    try {
      await handle.writeFile(bytes);
    } catch (error) {
      // A partial file would block the next writes.
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    // The next poll can then write.
    if (Date.now() - mtimeMs > STALE_MS) await rm(file, { force: true });
    return false;
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
