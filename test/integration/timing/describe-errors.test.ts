/**
 * What `lag describe` says when it cannot do its work: one line, an exit code, and within its
 * deadline.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type LagRun, runLag } from '#test/support/cli/run-lag.ts';

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('nothing listens: the broker, the reason and the time are named', async () => {
  const port = await freePort();

  const run = await runLag(['describe', '--bootstrap', `127.0.0.1:${port}`]);

  expectOneLine(run, 2, `127.0.0.1:${port}: connection refused: nothing listens there (after 0.`);
  expect(run.seconds).toBeLessThan(10);
});

test('every broker that was tried is named', async () => {
  const ports = [await freePort(), await freePort()];

  const run = await runLag(['describe', '--bootstrap', ports.map((port) => `127.0.0.1:${port}`).join(',')]);

  for (const port of ports) expectOneLine(run, 2, `127.0.0.1:${port}: connection refused`);
});

test('a host name that cannot be resolved is said to be that', async () => {
  const run = await runLag(['describe', '--bootstrap', 'broker.invalid:9092', '--timeout', '6']);

  expectOneLine(run, 2, 'broker.invalid:9092: the host name cannot be resolved');
});

test('an HTTP server is not taken for Kafka', async () => {
  const port = await listen(createHttpServer((_request, response) => response.end('hello')));

  const run = await runLag(['describe', '--bootstrap', `127.0.0.1:${port}`, '--timeout', '3']);

  expectOneLine(run, 2, 'is this a Kafka port');
  expect(run.seconds).toBeLessThan(10);
});

test('a server that answers garbage is not taken for Kafka', async () => {
  const port = await listen(createServer((socket) => socket.on('data', () => socket.write(Buffer.alloc(64, 1)))));

  const run = await runLag(['describe', '--bootstrap', `127.0.0.1:${port}`, '--timeout', '3']);

  expectOneLine(run, 2, 'Kafka');
  expect(run.seconds).toBeLessThan(10);
});

test('a server that accepts and is silent costs no more than the deadline', async () => {
  const port = await listen(createServer());

  const run = await runLag(['describe', '--bootstrap', `127.0.0.1:${port}`, '--timeout', '3']);

  expectOneLine(run, 2, 'it accepted the connection and did not answer');
  expect(run.seconds).toBeLessThan(8);
});

test('a broker that speaks TLS gets another message than one that does not speak Kafka', async () => {
  const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]);
  const port = await listen(createServer((socket) => socket.on('data', () => socket.end(alert))));

  const run = await runLag(['describe', '--bootstrap', `127.0.0.1:${port}`]);

  expectOneLine(run, 2, 'the port speaks TLS, which auth plaintext does not');
});

test('IAM login at a port without TLS says so', async () => {
  const port = await listen(createServer((socket) => socket.on('data', () => socket.end('no TLS here'))));
  const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_REGION: 'eu-west-1' };

  const run = await runLag(['describe', '--bootstrap', `127.0.0.1:${port}`, '--auth', 'iam', '--timeout', '6'], env);

  expectOneLine(run, 2, 'the port does not speak TLS, which auth iam needs');
});

test('IAM login without AWS credentials says so, and asks no broker', async () => {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent', AWS_REGION: 'eu-west-1' };

  const run = await runLag(['describe', '--bootstrap', 'broker.invalid:9098', '--auth', 'iam'], env);

  expectOneLine(run, 2, 'broker.invalid:9098 could not be logged in to: no AWS credentials');
});

describe('over kafkajs', () => {
  const KAFKAJS = ['describe', '--reader', 'kafkajs', '--timeout', '3', '--bootstrap'];

  test('nothing listens: every broker, the reason and the time are named', async () => {
    const ports = [await freePort(), await freePort()];

    const run = await runLag([...KAFKAJS, ports.map((port) => `127.0.0.1:${port}`).join(',')]);

    for (const port of ports) {
      expectOneLine(run, 2, `127.0.0.1:${port}: connection refused: nothing listens there (after 0.`);
    }
  });

  test('a host name that cannot be resolved is said to be that', async () => {
    expectOneLine(await runLag([...KAFKAJS, 'broker.invalid:9092']), 2, 'the host name cannot be resolved');
  });

  test('an HTTP server is not taken for Kafka', async () => {
    const port = await listen(createHttpServer((_request, response) => response.end('hello')));

    expectOneLine(await runLag([...KAFKAJS, `127.0.0.1:${port}`]), 2, 'is this a Kafka port');
  });

  test('a server that answers garbage is not taken for Kafka', async () => {
    const port = await listen(createServer((socket) => socket.on('data', () => socket.write(Buffer.alloc(64, 1)))));

    expectOneLine(await runLag([...KAFKAJS, `127.0.0.1:${port}`]), 2, 'Kafka');
  });

  test('a server that accepts and is silent costs no more than the deadline', async () => {
    const port = await listen(createServer());

    const run = await runLag([...KAFKAJS, `127.0.0.1:${port}`]);

    expectOneLine(run, 2, 'it accepted the connection and did not answer');
    expect(run.seconds).toBeLessThan(8);
  });

  test('IAM login at a port without TLS says so', async () => {
    const port = await listen(createServer((socket) => socket.on('data', () => socket.end('no TLS here'))));
    const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_REGION: 'eu-west-1' };

    const run = await runLag([...KAFKAJS, `127.0.0.1:${port}`, '--auth', 'iam'], env);

    expectOneLine(run, 2, 'the port does not speak TLS, which auth iam needs');
  });

  test('IAM login without AWS credentials says so, and asks no broker', async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent', AWS_REGION: 'eu-west-1' };

    const run = await runLag([...KAFKAJS, 'broker.invalid:9098', '--auth', 'iam'], env);

    expectOneLine(run, 2, 'broker.invalid:9098 could not be logged in to: no AWS credentials');
  });

  test('an address of IPv6 is refused before anything is asked', async () => {
    expectOneLine(await runLag([...KAFKAJS, '[::1]:9092']), 1, 'kafkajs takes no IPv6 address');
  });
});

test.each([
  [['describe', '--bootstrp', 'x'], "unknown option '--bootstrp'"],
  [['describe'], '--bootstrap is missing'],
  [['describe', '--bootstrap', 'localhost'], 'bootstrap broker "localhost" must be host:port'],
  [['describe', '--bootstrap', 'localhost:99999'], 'must be host:port with a port from 1 to 65535'],
  [['describe', '--bootstrap', 'localhost:1', '--auth', 'iam'], '--region is missing'],
  [['describe', '--bootstrap', 'localhost:1', '--auth', 'kerberos'], "argument 'kerberos' is invalid"],
  [
    ['describe', '--bootstrap', 'localhost:1', '--auth', 'scram'],
    '--username is missing: --auth scram needs it, or MSK_USERNAME; --password-file is missing: --auth scram needs it, or MSK_PASSWORD',
  ],
  [
    ['describe', '--bootstrap', 'localhost:1', '--auth', 'mtls'],
    '--cert is missing: --auth mtls needs the PEM file of the client certificate; --key is missing',
  ],
  [
    ['describe', '--bootstrap', 'localhost:1', '--auth', 'tls', '--key', 'x.pem', '--password-file', 'x'],
    '--password-file is of no use to --auth tls; it is for --auth scram; --key is of no use to --auth tls; it is for --auth mtls',
  ],
  [
    ['describe', '--bootstrap', 'localhost:1', '--auth', 'mtls', '--secret', 'x', '--cert', 'c.pem', '--ca', 'ca.pem'],
    '--secret holds what --ca and --cert would give; give one or the other',
  ],
  [
    ['describe', '--bootstrap', 'localhost:1', '--auth', 'tls', '--ca', '/nonexistent/ca.pem'],
    '--ca "/nonexistent/ca.pem" cannot be read: ENOENT',
  ],
  [['describe', '--bootstrap', 'localhost:1', '--reader', 'java'], "argument 'java' is invalid"],
  [['describe', '--bootstrap', 'localhost:1', '--timeout', '0'], "argument '0' is invalid"],
  [['descrybe'], "unknown command 'descrybe'"],
])('lag %j is a usage error', async (args, text) => {
  expectOneLine(await runLag(args), 1, text);
});

test('control characters in an argument are written out', async () => {
  const run = await runLag(['describe', '--timeout', '\u001b[31mred']);

  expectOneLine(run, 1, '\\u{1b}[31mred');
});

function expectOneLine(run: LagRun, code: number, text: string): void {
  expect(run.stderr).toContain(text);
  expect(run.stderr).toMatch(/^lag: .*\n$/);
  expect(run.stdout).toBe('');
  expect(run.code).toBe(code);
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A port where nothing listens any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
