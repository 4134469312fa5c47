/** Transactions and group members of kafkajs in this process. */
import { Kafka, logLevel } from 'kafkajs';
import { waitUntil } from '#test/support/wait-until.ts';

/** Above the time that tests take, so that no broker aborts a transaction that is left open. */
export const TRANSACTION_MS = 600_000;

/** A transaction to begin. */
export interface Begin {
  readonly topic: string;
  /** Transactional id. */
  readonly id: string;
  readonly records: number;
}

/** A consumer that commits what it read, five times a second. */
export interface Join {
  readonly group: string;
  readonly topic: string;
  /**
   * Reads to the end of the log; left out: to the first open transaction, as kafkajs does by
   * itself.
   */
  readonly readUncommitted?: boolean;
}

/** Clients of one cluster, until they are closed together. */
export interface JsClients {
  /** Sends the records of a transaction on partition 0, and leaves it open until `close`. */
  begin(what: Begin): Promise<void>;
  /**
   * The same, and commits it; resolves when its marker is in the log. The topic has no open
   * transaction.
   */
  transact(what: Begin): Promise<void>;
  /** Its answer leaves the group; `close` does too. */
  join(what: Join): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export function jsClients(bootstrap: string): JsClients {
  const client = new Kafka({ clientId: 'js', brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });
  const closing: (() => Promise<unknown>)[] = [];
  const send = async ({ topic, id, records }: Begin) => {
    const settings = { transactionTimeout: TRANSACTION_MS, idempotent: true, maxInFlightRequests: 1 };
    const producer = client.producer({ transactionalId: id, ...settings });
    await producer.connect();
    closing.unshift(() => producer.disconnect());
    const transaction = await producer.transaction();
    const messages = Array.from({ length: records }, () => ({ value: 'x', partition: 0 }));
    const [sent] = await transaction.send({ topic, messages });
    return { transaction, end: Number(sent?.baseOffset) + records };
  };
  return {
    async begin(what) {
      const { transaction } = await send(what);
      closing.unshift(() => transaction.abort());
    },
    async transact(what) {
      const { transaction, end } = await send(what);
      await transaction.commit();
      await waitUntil('the marker is written', async () => (await stableEnd(client, what.topic)) === end + 1);
    },
    async join({ group: groupId, topic, readUncommitted = false }) {
      const timing = { heartbeatInterval: 200, sessionTimeout: 10_000, maxWaitTimeInMs: 100 };
      const consumer = client.consumer({ groupId, readUncommitted, ...timing });
      await consumer.connect();
      closing.unshift(() => consumer.disconnect());
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ autoCommitInterval: 200, eachMessage: async () => {} });
      return () => consumer.disconnect();
    },
    async close() {
      for (const close of closing.splice(0)) await close();
    },
  };
}

/** The last stable offset of partition 0: kafkajs returns it as the end. */
async function stableEnd(client: Kafka, topic: string): Promise<number> {
  const admin = client.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return Number(offsets.find(({ partition }) => partition === 0)?.high);
  } finally {
    await admin.disconnect();
  }
}
