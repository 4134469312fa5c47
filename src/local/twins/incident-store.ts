import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, NotFoundError } from '#core/errors.ts';
import type { IncidentStore } from '#core/ports.ts';
import { jsonText } from '#core/text/json.ts';

/** An incident store in memory. */
export class MemoryIncidentStore implements IncidentStore {
  readonly #texts = new Map<string, string>();

  async putJson(key: string, value: unknown): Promise<void> {
    this.#texts.set(key, jsonText(value));
  }

  async getJson(key: string): Promise<unknown> {
    return parse(this.textOf(key), this.locationOf(key));
  }

  async putText(key: string, text: string): Promise<void> {
    this.#texts.set(key, text);
  }

  /** The object as stored. @throws NotFoundError */
  textOf(key: string): string {
    const text = this.#texts.get(key);
    if (text === undefined) throw new NotFoundError(this.locationOf(key));
    return text;
  }

  locationOf(key: string): string {
    return `memory:${key}`;
  }
}

/**
 * An incident store in files. The parts of a key become folders and a file, always below `folder`.
 */
export class FileIncidentStore implements IncidentStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async putJson(key: string, value: unknown): Promise<void> {
    await this.putText(key, jsonText(value));
  }

  async getJson(key: string): Promise<unknown> {
    const path = this.locationOf(key);
    try {
      return parse(await readFile(path, 'utf8'), path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new NotFoundError(path);
      throw error;
    }
  }

  async putText(key: string, text: string): Promise<void> {
    const path = this.locationOf(key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  locationOf(key: string): string {
    return join(this.#folder, ...key.split('/').map(fileName));
  }
}

/** File systems accept 255 bytes. */
const MAX_NAME = 200;

/**
 * One part of a key as a file name. Letters, digits and `_.=@+~-` stay; all else is
 * percent-encoded. A part of dots alone would lead to another folder, so a leading dot is encoded
 * too. A long part is cut and ends in a digest.
 */
function fileName(part: string): string {
  const safe = Array.from(new TextEncoder().encode(part), (byte, i) => {
    const character = String.fromCharCode(byte);
    const plain = /[\w.=@+~-]/.test(character) && !(i === 0 && character === '.');
    return plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
  if (safe === '') return '%';
  if (safe.length <= MAX_NAME) return safe;
  return `${safe.slice(0, MAX_NAME - 66)}%~${createHash('sha256').update(part).digest('hex')}`;
}

function parse(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${location} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
