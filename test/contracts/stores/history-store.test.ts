import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HistoryObject, MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { createS3HistoryStore, historyKey } from '#adapters/s3/history-store.ts';
import { emptyHistory } from '#core/history/history.ts';
import { decodeHistory, encodeHistory } from '#core/history/stored/codec.ts';
import { type S3Double, startS3Double } from '#test/support/aws/s3-double.ts';
import { historyOf } from '#test/support/groups/history.ts';
import { historyStoreContract } from './history-store.contract.ts';

historyStoreContract('in memory', async () => {
  const object: HistoryObject = { version: 0 };
  return {
    open: () => new MemoryHistoryStore(object),
    plant: async (text) => {
      const decoded = decodeHistory(text);
      object.stored =
        decoded.kind === 'history' ? { history: decoded.history } : { history: emptyHistory, lost: decoded.reason };
      object.version += 1;
    },
    remove: async () => void delete object.stored,
  };
});

describe('with a bucket', () => {
  let s3: S3Double;
  let clusters = 0;
  const newCluster = () => {
    clusters += 1;
    const clusterName = `cluster ${clusters}`;
    const options = { client: s3.client, bucket: s3.bucket, clusterName };
    return { key: historyKey(clusterName), open: () => createS3HistoryStore(options) };
  };

  beforeAll(async () => {
    s3 = await startS3Double();
  });
  afterAll(() => s3?.stop());

  historyStoreContract('in S3', async () => {
    const { key, open } = newCluster();
    return {
      open,
      plant: async (text) => void s3.objects.set(key, gzipSync(text)),
      remove: async () => void s3.objects.delete(key),
    };
  });

  it('historyKey keeps clusters apart by a name that is safe in a key', () => {
    expect(historyKey('orders prod/ö')).toBe('history/orders%20prod/%C3%B6.json.gz');
  });

  it('save stores the text of the history, gzipped, under the key of the cluster', async () => {
    const { key, open } = newCluster();

    await open().save({ history: emptyHistory });

    expect(gunzipSync(s3.objects.get(key) ?? '').toString()).toBe(encodeHistory(emptyHistory));
  });

  it('load downloads nothing while the object is the one it knows', async () => {
    const { open } = newCluster();
    await open().save({ history: emptyHistory });
    const store = open();
    s3.log.length = 0;

    await store.load();
    await store.load();
    await store.save({ ...(await store.load()), history: historyOf([{ atMs: 1, groups: [] }]) });
    await store.load();

    expect(s3.log).toEqual(['GET 200', 'GET 304', 'GET 304', 'PUT 200', 'GET 304']);
  });

  it('load says why an object is lost that is not gzip', async () => {
    const { key, open } = newCluster();
    s3.objects.set(key, Buffer.from('plain'));

    expect(await open().load()).toMatchObject({
      lost: expect.stringContaining('not gzip'),
      version: expect.any(String),
    });
  });

  it('save loses the race when another write is under way (409)', async () => {
    const { open } = newCluster();
    s3.failNext(409, 'ConditionalRequestConflict');

    expect(await open().save({ history: emptyHistory })).toBe('lost-race');
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [503, 'SlowDown'],
  ])('load and save throw on %i %s: a bucket that cannot be reached is no empty history', async (status, code) => {
    const { open } = newCluster();
    s3.failNext(status, code);
    await expect(open().load()).rejects.toMatchObject({ name: code });
    s3.failNext(status, code);
    await expect(open().save({ history: emptyHistory })).rejects.toMatchObject({ name: code });
  });
});
