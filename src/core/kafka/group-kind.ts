/** The kind of a group, from what brokers list of it. */
import type { GroupKind } from './model.ts';
import { knownValue, type Reading } from './reading.ts';

/** Protocols whose groups commit offsets. A group that never had members has the empty protocol. */
const COMMITTING = ['consumer', 'streams', ''];

/** Name of the assignor of Kafka Streams under the classic protocol. */
const STREAMS_ASSIGNOR = 'stream';

/** Whether groups of the protocol commit offsets, and so have a lag. */
export const commitsOffsets = (protocol: string): boolean => COMMITTING.includes(protocol);

/**
 * Kind of a group that commits offsets. Under the classic protocol only the assignor shows a
 * Streams application.
 */
export function groupKindOf(protocol: string, assignor: Reading<string>): GroupKind {
  if (protocol === 'streams' || knownValue(assignor) === STREAMS_ASSIGNOR) return 'streams';
  return protocol === '' ? 'simple' : 'consumer';
}
