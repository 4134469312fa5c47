import { expect, test } from 'vitest';
import { failureOfCode } from '#adapters/kafka/protocol/failures.ts';

test.each([
  [0, undefined],
  [16, { reason: /^NOT_COORDINATOR: /, again: true }],
  [6, { reason: /^NOT_LEADER_OR_FOLLOWER: /, again: true }],
  [14, { reason: /^COORDINATOR_LOAD_IN_PROGRESS: /, again: true }],
  [30, { reason: /^GROUP_AUTHORIZATION_FAILED: /, again: false }],
  [3, { reason: /^UNKNOWN_TOPIC_OR_PARTITION: /, again: false }],
  [32_000, { reason: /^error code 32000$/, again: false }],
])('failureOfCode of %i', (code, expected) => {
  const failed = failureOfCode(code);

  expect(failed?.again).toBe(expected?.again);
  if (expected !== undefined) expect(failed?.reason).toMatch(expected.reason);
});
