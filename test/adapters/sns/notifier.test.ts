import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createSnsNotifier, plainBody, plainSubject } from '#adapters/sns/notifier.ts';

describe('createSnsNotifier', () => {
  const client = new SNSClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  const notifier = createSnsNotifier({ client, topicArn: 'arn:aws:sns:us-east-1:111122223333:lag' });

  beforeEach(() => {
    mock.reset();
    mock.onAnyCommand().rejects('not taught');
  });
  afterAll(() => mock.restore());

  it('sends subject, text and thread', async () => {
    mock.on(PublishCommand).resolves({ MessageId: '1' });

    await notifier.notify({ subject: 'orders falls behind', body: 'line 1\nline 2', threadId: 'i/ö' });

    expect(mock.calls().map((call) => call.args[0].input)).toEqual([
      {
        TopicArn: 'arn:aws:sns:us-east-1:111122223333:lag',
        Subject: 'orders falls behind',
        Message: 'line 1\nline 2',
        MessageAttributes: { threadId: { DataType: 'String', StringValue: 'i/%C3%B6' } },
      },
    ]);
  });

  it('sends the subject as the body of an empty message, which SNS does not accept', async () => {
    mock.on(PublishCommand).resolves({ MessageId: '1' });

    await notifier.notify({ subject: 'only this', body: '', threadId: '' });

    expect(mock.call(0).args[0].input).toMatchObject({ Message: 'only this' });
  });

  it('throws when SNS refuses', async () => {
    await expect(notifier.notify({ subject: 's', body: 'b', threadId: 't' })).rejects.toThrow('not taught');
  });
});

describe('plainSubject', () => {
  it.each([
    ['a\r\nBcc: x', 'a Bcc: x'],
    [' \t lag of größe\u001b[31m', 'lag of gr??e [31m'],
    ['\u202egnp.exe \ud800 😀', '?gnp.exe ? ?'],
    ['\n', 'msk-lag-watcher'],
    ['x'.repeat(99), 'x'.repeat(99)],
    ['x'.repeat(100), `${'x'.repeat(96)}...`],
  ])('turns %j into %j', (text, expected) => {
    expect(plainSubject(text)).toBe(expected);
  });

  it('returns a valid subject for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(plainSubject(text)).toMatch(/^[!-~][ -~]{0,98}$/);
      }),
    );
  });
});

describe('plainBody', () => {
  it('keeps lines and tabs, and replaces control and direction characters', () => {
    expect(plainBody('a\r\nb\rc\td\u001b[2Je\u0000f\u202eg\u2028h\ud800')).toBe('a\nb\nc\td�[2Je�f�g�h�');
  });

  it('cuts a body that is too long between two characters, and marks the cut', () => {
    const body = plainBody(`x${'ö'.repeat(200_000)}`);

    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(256 * 1024);
    expect(body).toMatch(/ö+�?\n\[cut\]$/);
  });
});
