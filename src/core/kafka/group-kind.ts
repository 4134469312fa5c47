/** What a group is, from what brokers list of it. */
import type { GroupKind } from './model.ts';
import { knownValue, type Reading } from './reading.ts';

/** Protocols whose groups commit offsets. A group of commits alone, without members ever, has none. */
const COMMITTING = ['consumer', 'streams', ''];

/** Name of the assignor that Kafka Streams brings to the classic protocol. */
const STREAMS_ASSIGNOR = 'stream';

/** Groups of the protocol commit offsets, so that they have a lag of their own. */
export const commitsOffsets = (protocol: string): boolean => COMMITTING.includes(protocol);

/** Kind of a group that commits offsets; under the classic protocol a Streams application is told from its assignor. */
export function groupKindOf(protocol: string, assignor: Reading<string>): GroupKind {
  if (protocol === 'streams' || knownValue(assignor) === STREAMS_ASSIGNOR) return 'streams';
  return protocol === '' ? 'simple' : 'consumer';
}
