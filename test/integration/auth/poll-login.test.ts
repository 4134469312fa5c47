/**
 * The poll function as it ships, with a password: its secret comes from where AWS_ENDPOINT_URL
 * says, its broker is real.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { callBundle } from '#test/support/stack/bundles.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:AmazonMSK_watcher-a1B2c3';
const PASSWORD = 'correct-horse';

const kafka = useKafka({ listeners: ['scram'], users: { watcher: PASSWORD } });

let aws: Server | undefined;
afterEach(() => {
  aws?.closeAllConnections();
  aws?.close();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Asked for the secret, gives the next answer, the last one for ever; no answer where there is
 * none. Knows nothing else.
 */
async function serve(...answers: readonly Answer[]): Promise<{ endpoint: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return response.writeHead(404).end();
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(JSON.parse(Buffer.concat(chunks).toString()).SecretId);
    if (answer === undefined) return response; // it keeps silent
    return response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  aws = server.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const secret = (password: string): Answer => {
  const value = { username: 'watcher', password, ca: kafka().certificates?.ca };
  return { status: 200, body: { ARN: SECRET_ARN, SecretString: JSON.stringify(value) } };
};

function poll(endpoint: string) {
  const settings = {
    clusterName: 'prod',
    bootstrapBrokers: kafka().bootstrapOf('scram'),
    auth: 'scram',
    authSecretArn: SECRET_ARN,
    historyBucket: 'bucket',
  } as const;
  return callBundle({ name: 'poll', event: {}, settings, endpoint });
}

test('reads with the password of the secret, which is asked for once', async () => {
  const { endpoint, asked } = await serve(secret(PASSWORD));

  const { result, lines } = await poll(endpoint);

  expect(result).toMatchObject({ groups: 0, coverage: 1 });
  expect(asked).toEqual([SECRET_ARN]);
  expect(lines.join('\n')).not.toContain(PASSWORD);
});

test('asks again when the password was refused, and reads with the one that replaced it', async () => {
  const { endpoint, asked } = await serve(secret('old-horse'), secret(PASSWORD));

  expect((await poll(endpoint)).result).toMatchObject({ groups: 0, coverage: 1 });
  expect(asked).toHaveLength(2);
});

test('lag check reads the same secret', async () => {
  const { endpoint, asked } = await serve(secret(PASSWORD));
  const options = ['--bootstrap', kafka().bootstrapOf('scram'), '--auth', 'scram', '--secret', SECRET_ARN];
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };

  const { code, stdout } = await runLag(['check', ...options, '--region', 'us-east-1'], env);

  expect(stdout).toMatch(/^ok +login +auth scram is accepted/m);
  expect([code, asked]).toEqual([0, [SECRET_ARN]]);
});

test.each([
  ['a wrong password', () => [secret('wrong-horse')], 'the password is wrong for this user'],
  [
    'a denied secret',
    () => [{ status: 400, body: { __type: 'AccessDeniedException', Message: 'no' } }],
    'secretsmanager:GetSecretValue on it is not allowed, or kms:Decrypt on its key (AccessDeniedException)',
  ],
  ['no way to Secrets Manager', () => [], 'a function in a VPC needs an interface endpoint for it, or a NAT gateway'],
] as const)('%s fails with what to do, and publishes nothing', async (_, answers, words) => {
  const { endpoint } = await serve(...answers());

  const { error, lines } = await poll(endpoint);

  expect(error).toEqual({ name: ERROR_NAMES.kafkaAuth, message: expect.stringContaining(words) });
  expect(lines.filter((line) => line.includes('CloudWatchMetrics'))).toEqual([]);
  expect(lines.join('\n')).not.toContain('wrong-horse');
});
