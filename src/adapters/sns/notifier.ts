/**
 * Messages to people through SNS. Their names come from Kafka and may contain anything. The
 * messages are plain text without control characters, so that a name cannot end a line, colour a
 * terminal or reverse the reading direction.
 */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { dimensionValue } from '#core/metrics/catalogue.ts';
import type { Notifier } from '#core/ports.ts';

export interface SnsNotifierOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
}

/** A subject has less than 100 characters. @see SNS API reference, Publish */
const MAX_SUBJECT = 99;
/** A message has at most 256 KiB in all; the rest is for subject and attributes. */
const MAX_BODY_BYTES = 250_000;

/** Sends to one topic, with the thread as the message attribute `threadId`. Throws SNS's errors. */
export function createSnsNotifier({ client, topicArn }: SnsNotifierOptions): Notifier {
  return {
    async notify({ subject, body, threadId }) {
      const Subject = plainSubject(subject);
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject,
          Message: plainBody(body) || Subject,
          MessageAttributes: { threadId: { DataType: 'String', StringValue: dimensionValue(threadId) } },
        }),
      );
    },
  };
}

/**
 * The text as a subject: 1 to 99 characters of printable ASCII, no leading space. `?` replaces
 * others.
 */
export function plainSubject(text: string): string {
  const ascii = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[^ -~]/gu, '?')
    .trim();
  if (ascii === '') return 'msk-lag-watcher';
  return ascii.length <= MAX_SUBJECT ? ascii : `${ascii.slice(0, MAX_SUBJECT - 3)}...`;
}

/**
 * The text without control and direction characters except line ends and tabs, cut to a message's
 * size.
 */
export function plainBody(text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  if (Buffer.byteLength(plain) <= MAX_BODY_BYTES) return plain;
  // A cut inside a character decodes to one replacement character.
  return `${Buffer.from(plain).subarray(0, MAX_BODY_BYTES).toString('utf8')}\n[cut]`;
}
