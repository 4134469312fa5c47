import { expect, test } from 'vitest';
import { runLag } from '../support/run-lag.ts';

test('lag poll refuses a sink that does not exist, and names those that do', async () => {
  const { code, stdout, stderr } = await runLag(['poll', '-b', '127.0.0.1:1', '--sink', 'smoke']);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/'smoke' is invalid\. Allowed choices are emf, put-metric-data\./);
});
