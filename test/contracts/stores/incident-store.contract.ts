/** What every IncidentStore does: in memory, in files and in S3 alike. */
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import type { IncidentStore } from '#core/ports.ts';

/** A store, and a way past it to what is stored. */
export interface IncidentWorld {
  readonly store: IncidentStore;
  textAt(key: string): Promise<string>;
}

const HOSTILE_KEYS = [
  'incidents/../../etc/passwd',
  '/absolute',
  'a//b',
  '.hidden/..',
  'ö "quoted" \\ back',
  'line\nbreak\u0000',
  'x'.repeat(600),
  '%2E%2E/%2F',
];

/** Runs the contract; each call of `make` gives an empty store. */
export function incidentStoreContract(name: string, make: () => Promise<IncidentWorld>): void {
  describe(`IncidentStore: ${name}`, () => {
    it('getJson returns a value, bigints as decimal strings', async () => {
      const { store } = await make();

      await store.putJson('i/evidence.json', {
        offset: 9_223_372_036_854_775_807n,
        list: [1.5, null, 'ö\u0000'],
        none: {},
      });

      expect(await store.getJson('i/evidence.json')).toStrictEqual({
        offset: '9223372036854775807',
        list: [1.5, null, 'ö\u0000'],
        none: {},
      });
    });

    it('getJson throws NotFoundError, naming the place, for what was never put', async () => {
      const { store } = await make();

      await expect(store.getJson('i/none.json')).rejects.toMatchObject({
        name: ERROR_NAMES.notFound,
        message: expect.stringContaining(store.locationOf('i/none.json')),
      });
    });

    it('getJson refuses what is not JSON, naming the place', async () => {
      const { store } = await make();
      await store.putText('i/report.md', '# report');

      await expect(store.getJson('i/report.md')).rejects.toThrow(`${store.locationOf('i/report.md')} is not JSON`);
    });

    it('putJson refuses a value that JSON cannot say', async () => {
      const { store } = await make();

      await expect(store.putJson('i/nothing.json', undefined)).rejects.toThrow(TypeError);
      await expect(store.getJson('i/nothing.json')).rejects.toMatchObject({ name: ERROR_NAMES.notFound });
    });

    it('putText stores the text as it is, and writes over what was there', async () => {
      const { store, textAt } = await make();
      await store.putText('i/report.md', 'a much longer first text');

      await store.putText('i/report.md', '# größer\n\t"x"\n');

      expect(await textAt('i/report.md')).toBe('# größer\n\t"x"\n');
    });

    it('keeps hostile keys apart', async () => {
      const { store } = await make();

      for (const key of HOSTILE_KEYS) await store.putJson(key, { key });

      for (const key of HOSTILE_KEYS) expect(await store.getJson(key)).toStrictEqual({ key });
      expect(new Set(HOSTILE_KEYS.map((key) => store.locationOf(key))).size).toBe(HOSTILE_KEYS.length);
    });
  });
}
