/** What ends the past of a partition: polls before a break are not compared with polls after it. */

import { isBelow } from '#core/kafka/offsets.ts';

/**
 * `recreated-topic`: the topic has another id, so offsets count from 0 in another log.
 * `log-truncated`: the log ends before where it ended. `rewound`: the commit moved back.
 */
export type BreakId = 'recreated-topic' | 'log-truncated' | 'rewound';

/** What is known of a partition at one poll. A poll could not read what is undefined. */
export interface LogPosition {
  readonly topicId?: string | undefined;
  readonly logEndOffset?: bigint | undefined;
  readonly committedOffset?: bigint | undefined;
}

/**
 * The break between two polls of a partition; undefined when the second goes on from the first.
 * What one of them could not read breaks nothing. Give `positionAfter` of all older polls as
 * `before`.
 */
export function breakBetween(before: LogPosition, now: LogPosition): BreakId | undefined {
  if (isOtherTopic(before.topicId, now.topicId)) return 'recreated-topic';
  if (isBelow(now.logEndOffset, before.logEndOffset)) return 'log-truncated';
  return isBelow(now.committedOffset, before.committedOffset) ? 'rewound' : undefined;
}

/** Whether two ids are those of two topics; false when one of them is not known. */
export const isOtherTopic = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now;

/** The position as it was last read, up to and with a poll. Nothing of another topic is kept. */
export const positionAfter = (before: LogPosition, now: LogPosition): LogPosition =>
  isOtherTopic(before.topicId, now.topicId)
    ? now
    : {
        topicId: now.topicId ?? before.topicId,
        logEndOffset: now.logEndOffset ?? before.logEndOffset,
        committedOffset: now.committedOffset ?? before.committedOffset,
      };
