import { afterEach, expect, test, vi } from 'vitest';
import { tokenSource } from '#adapters/kafka-access/iam-token.ts';

afterEach(() => vi.unstubAllEnvs());

test('tokenSource signs a token for the region, and a new one only in the last minute of the old', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  let nowMs = Date.now();
  const token = tokenSource('eu-west-1', { nowMs: () => nowMs });

  const first = await token();
  nowMs += 14 * 60_000 - 5_000;
  const second = await token();
  nowMs += 10_000;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDOTHER');
  const third = await token();

  const url = new URL(Buffer.from(first, 'base64url').toString());
  expect(url.host).toBe('kafka.eu-west-1.amazonaws.com');
  expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDEXAMPLE\//);
  expect(second).toBe(first);
  expect(Buffer.from(third, 'base64url').toString()).toContain('AKIDOTHER');
});
