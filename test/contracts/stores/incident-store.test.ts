import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3IncidentStore } from '#adapters/s3/incident-store.ts';
import { FileIncidentStore, MemoryIncidentStore } from '#local/twins/incident-store.ts';
import { type S3Double, startS3Double } from '#test/support/aws/s3-double.ts';
import { incidentStoreContract } from './incident-store.contract.ts';

incidentStoreContract('in memory', async () => {
  const store = new MemoryIncidentStore();
  return { store, textAt: async (key) => store.textOf(key) };
});

describe('with a folder', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'incident-store-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  incidentStoreContract('in files', async () => {
    const store = new FileIncidentStore(await mkdtemp(join(root, 'store-')));
    return { store, textAt: (key) => readFile(store.locationOf(key), 'utf8') };
  });

  it('locationOf is a readable path for a plain key', () => {
    expect(new FileIncidentStore('out').locationOf('incidents/2026-1/report.md')).toBe(
      join('out', 'incidents', '2026-1', 'report.md'),
    );
  });

  it.each(['../up', '..', '.', '', '/', '../../../../tmp/x', 'a/../../b', '..\\..'])(
    'putText stays inside the folder for the key %j',
    async (key) => {
      const folder = await mkdtemp(join(root, 'inside-'));
      const store = new FileIncidentStore(folder);
      const before = await readdir(root);

      await store.putText(key, 'text');

      expect(relative(folder, store.locationOf(key))).not.toMatch(/^(\.\.|\/|$)/);
      expect(await readFile(store.locationOf(key), 'utf8')).toBe('text');
      expect(await readdir(root)).toEqual(before);
    },
  );
});

describe('with a bucket', () => {
  let s3: S3Double;
  beforeAll(async () => {
    s3 = await startS3Double();
  });
  afterAll(() => s3?.stop());

  incidentStoreContract('in S3', async () => {
    s3.objects.clear();
    const store = createS3IncidentStore({ client: s3.client, bucket: s3.bucket });
    return { store, textAt: async (key) => Buffer.from(s3.objects.get(key) ?? '').toString() };
  });

  it('locationOf is an S3 address', () => {
    const store = createS3IncidentStore({ client: s3.client, bucket: 'b' });
    expect(store.locationOf('incidents/1/report.md')).toBe('s3://b/incidents/1/report.md');
  });

  it('putText says that the text is UTF-8', async () => {
    await createS3IncidentStore({ client: s3.client, bucket: s3.bucket }).putText('report.md', 'ö');
    expect(s3.lastHeaders['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('getJson throws on %i %s as it is: that does not mean the object is missing', async (status, code) => {
    s3.failNext(status, code);
    const store = createS3IncidentStore({ client: s3.client, bucket: s3.bucket });
    await expect(store.getJson('x')).rejects.toMatchObject({ name: code });
  });
});
