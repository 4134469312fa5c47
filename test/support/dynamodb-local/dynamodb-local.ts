/**
 * A real DynamoDB in memory, for contract suites: Amazon's own DynamoDB Local, as a child process.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { type Child, startChild } from '#local/process/child.ts';
import { javaCommand, resolveJars } from '#local/process/jars.ts';

const MAIN_CLASS = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
const START_DEADLINE_MS = 60_000;
const STOP_GRACE_MS = 3_000;

export interface DynamoDbLocal {
  readonly client: DynamoDBClient;
  /** Makes a table as the stack declares it: a string key `pk`. */
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts it on a free port of loopback.
 *
 * @throws when Java or Maven is missing, or it does not answer within a minute
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const jars = await resolveJars(join(import.meta.dirname, 'pom.xml'), 'dynamodb-local', console.error);
  const port = await freePort();
  const child = startChild({
    name: 'DynamoDB Local',
    command: await javaCommand(),
    args: ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), ...server(jars, port)],
  });
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const stop = async () => {
    client.destroy();
    await child.stop(STOP_GRACE_MS);
  };
  try {
    await untilReady(client, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { client, stop, createTable: (name) => createTable(client, name) };
}

// The native library is looked for beside the jars; system properties have to stand before the main
// class.
const server = (jars: string, port: number): string[] => [
  `-Dsqlite4java.library.path=${jars}`,
  MAIN_CLASS,
  ...['-inMemory', '-disableTelemetry', '-port', `${port}`],
];

async function untilReady(client: DynamoDBClient, child: Child): Promise<void> {
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (ended || Date.now() > deadline) {
        throw new Error(`DynamoDB Local does not answer; it said:\n${child.tail().join('\n')}`, { cause: error });
      }
      await wait(100);
    }
  }
}

async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port was given');
  return address.port;
}
