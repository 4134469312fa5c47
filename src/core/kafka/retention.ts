/** Retention of a topic, from the topic's configuration. */

import type { Retention } from './model.ts';
import { absent, known, type Reading, unknown } from './reading.ts';

/** Entries of a topic's configuration that decide about retention. */
export const RETENTION_KEYS = ['cleanup.policy', 'retention.ms', 'retention.bytes'] as const;

/**
 * The limits of a topic. Absent when retention deletes nothing: there is no limit, or the cleanup
 * policy does not contain `delete`. Unknown when an entry is missing or is not a number.
 */
export function retentionIn(config: ReadonlyMap<string, string>): Reading<Retention> {
  const policy = config.get('cleanup.policy');
  if (policy === undefined) return unknown('the broker did not return cleanup.policy for its topic');
  if (!policy.split(',').some((part) => part.trim() === 'delete')) return absent;
  const ms = limitIn(config, 'retention.ms');
  const bytes = limitIn(config, 'retention.bytes');
  if (ms.kind === 'unknown') return ms;
  if (bytes.kind === 'unknown') return bytes;
  if (ms.kind === 'absent' && bytes.kind === 'absent') return absent;
  return known({
    ...(ms.kind === 'known' ? { ms: ms.value } : {}),
    ...(bytes.kind === 'known' ? { bytes: bytes.value } : {}),
  });
}

/** Absent for −1, and for numbers beyond 2^53, which people write for no limit. */
function limitIn(config: ReadonlyMap<string, string>, key: string): Reading<number> {
  const text = config.get(key);
  if (text === undefined) return unknown(`the broker did not return ${key} for its topic`);
  if (!/^-?\d+$/.test(text)) return unknown(`the broker returned ${JSON.stringify(text)} as ${key} of its topic`);
  const value = Number(text);
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? absent : known(value);
}
