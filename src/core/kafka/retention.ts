/** What retention deletes of a topic, by the topic's configuration. */

import type { Retention } from './model.ts';
import { absent, known, type Reading, unknown } from './reading.ts';

/** Entries of a topic's configuration that retention goes by. */
export const RETENTION_KEYS = ['cleanup.policy', 'retention.ms', 'retention.bytes'] as const;

/**
 * The limits of a topic; absent when nothing is deleted for its age or its size: without a limit, and where the cleanup policy does not
 * have `delete`. Unknown when an entry is missing, or is no number.
 */
export function retentionIn(config: ReadonlyMap<string, string>): Reading<Retention> {
  const policy = config.get('cleanup.policy');
  if (policy === undefined) return unknown('the broker did not tell cleanup.policy of its topic');
  if (!policy.split(',').some((part) => part.trim() === 'delete')) return absent;
  const [ms, bytes] = [limitIn(config, 'retention.ms'), limitIn(config, 'retention.bytes')];
  if (ms.kind === 'unknown') return ms;
  if (bytes.kind === 'unknown') return bytes;
  if (ms.kind === 'absent' && bytes.kind === 'absent') return absent;
  return known({
    ...(ms.kind === 'known' ? { ms: ms.value } : {}),
    ...(bytes.kind === 'known' ? { bytes: bytes.value } : {}),
  });
}

/** Absent: −1, and what people write for as large as can be. */
function limitIn(config: ReadonlyMap<string, string>, key: string): Reading<number> {
  const text = config.get(key);
  if (text === undefined) return unknown(`the broker did not tell ${key} of its topic`);
  if (!/^-?\d+$/.test(text)) return unknown(`the broker told ${JSON.stringify(text)} for ${key} of its topic`);
  const value = Number(text);
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? absent : known(value);
}
