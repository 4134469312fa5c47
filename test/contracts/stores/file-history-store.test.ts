import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileHistoryStore } from '#adapters/file/history-store.ts';
import { emptyHistory } from '#core/history/history.ts';
import { encodeHistory } from '#core/history/stored/codec.ts';
import { historyOf, pollSamplesOf } from '#test/support/groups/history.ts';
import { ROOT } from '#test/support/root.ts';
import { historyStoreContract } from './history-store.contract.ts';

describe('with a folder', () => {
  let folder: string;
  let files = 0;
  const newFile = () => join(folder, `history-${++files}.json.gz`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lag-history-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  historyStoreContract('in a file', async () => {
    const file = newFile();
    return {
      open: () => createFileHistoryStore(file),
      plant: (text) => writeFile(file, gzipSync(text)),
      remove: () => rm(file),
    };
  });

  it('save stores the bytes that the object in S3 has, and leaves nothing beside them', async () => {
    const file = newFile();

    await createFileHistoryStore(file).save({ history: emptyHistory });

    expect(gunzipSync(await readFile(file)).toString()).toBe(encodeHistory(emptyHistory));
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('load says why a file is lost that is not gzip, and save does not touch it unless it was loaded', async () => {
    const file = newFile();
    await writeFile(file, 'notes');
    const store = createFileHistoryStore(file);

    expect(await store.save({ history: emptyHistory })).toBe('lost-race');
    expect(await store.load()).toMatchObject({ lost: expect.stringContaining('not gzip') });
    expect(await readFile(file, 'utf8')).toBe('notes');
  });

  it('save loses while another write is under way, and gets over one that died', async () => {
    const file = newFile();
    const store = createFileHistoryStore(file);
    await writeFile(`${file}.new`, 'half');

    expect(await store.save({ history: emptyHistory })).toBe('lost-race');
    expect(await store.save({ history: emptyHistory })).toBe('lost-race');
    const long = new Date(Date.now() - 3_600_000);
    await utimes(`${file}.new`, long, long);

    expect(await store.save({ history: emptyHistory })).toBe('lost-race');
    expect(await store.save({ history: emptyHistory })).toBe('saved');
  });

  it('save loses a poll or keeps it, and breaks nothing, where several processes write at once', async () => {
    const file = newFile();
    let atMs = 0;
    const write = async (): Promise<number> => {
      const store = createFileHistoryStore(file);
      let saved = 0;
      for (let i = 0; i < 100; i++) {
        const { history, ...stored } = await store.load();
        const next = historyOf([...pollSamplesOf(history), { atMs: ++atMs, groups: [] }]);
        if ((await store.save({ ...stored, history: next })) === 'saved') saved++;
      }
      return saved;
    };

    const saved = (await Promise.all([write(), write(), write(), write()])).reduce((sum, each) => sum + each, 0);

    const { history, lost } = await createFileHistoryStore(file).load();
    expect({ polls: history.samples.length, lost }).toEqual({ polls: saved, lost: undefined });
    expect(saved).toBeGreaterThan(0);
  });

  it('save leaves nothing behind where the file cannot be written in full, and says so each time', async () => {
    const module = join(ROOT, 'src/adapters/file/history-store.ts');
    const program = `
      process.on('SIGXFSZ', () => {});
      const { createFileHistoryStore } = await import(${JSON.stringify(module)});
      const save = () => createFileHistoryStore(${JSON.stringify(newFile())}).save({ history: { samples: [] } });
      for (const _ of [1, 2]) process.stdout.write(await save().catch(({ code }) => code) + ' ');`;
    const args = ['-c', 'ulimit -f 0; exec "$0" --input-type=module --eval "$1"', process.execPath, program];
    // The process may write no file, so it keeps no compiled code either.
    const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
    const { stdout } = await promisify(execFile)('bash', args, { env });

    expect(stdout).toBe('EFBIG EFBIG ');
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('load and save throw where there is no such thing as a file', async () => {
    await expect(createFileHistoryStore(folder).load()).rejects.toThrow(/EISDIR/);
    await expect(
      createFileHistoryStore(join(folder, 'no such folder/history')).save({ history: emptyHistory }),
    ).rejects.toThrow(/ENOENT/);
  });
});
