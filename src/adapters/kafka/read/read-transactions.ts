/** Open transactions and their holders, requested only when a transaction holds some log back. */
import type { Broker } from '@platformatic/kafka';
import { failureOfCode, type Outcome } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_TRANSACTIONS, LIST_TRANSACTIONS } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import type { OpenTransaction } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { LogOffsets } from './read-offsets.ts';

/** States in which the log has records of a transaction but not its end. */
const OPEN_STATES = ['Ongoing', 'PrepareCommit', 'PrepareAbort'] as const;
/** Transactions of one coordinator that are described. The others are known by name only. */
const MOST_DESCRIBED = 1_000;

/**
 * The open transactions of the cluster, by one or two requests to each broker. Brokers leave out
 * those whose transactional id we may not describe, so the holder of a log may be invisible.
 */
export async function readOpenTransactions(
  session: RequestSession,
  brokers: readonly Broker[],
  logs: Iterable<LogOffsets>,
): Promise<Reading<readonly OpenTransaction[]>> {
  if (!isAnyHeldBack(logs)) return absent;
  const answers = await Promise.all(brokers.map((broker) => transactionsAt(session, broker)));
  const found = answers.flatMap((answer) => (answer.ok ? answer.value : []));
  const failed = answers.find((answer) => !answer.ok);
  // With none found, the broker that did not answer may coordinate the one that holds a log back.
  return found.length === 0 && failed !== undefined && !failed.ok ? unknown(failed.reason) : known(found);
}

function isAnyHeldBack(logs: Iterable<LogOffsets>): boolean {
  for (const { end, stable } of logs) if (end.ok && stable.ok && stable.value < end.value) return true;
  return false;
}

/** The open transactions that one broker coordinates. */
async function transactionsAt(session: RequestSession, broker: Broker): Promise<Outcome<readonly OpenTransaction[]>> {
  const list = await session.send(broker, LIST_TRANSACTIONS, [...OPEN_STATES], [], -1n, null);
  if (!list.ok) return list;
  const failed = failureOfCode(list.value.errorCode);
  if (failed !== undefined) return failed;
  const listed = list.value.transactionStates;
  if (listed.length === 0) return { ok: true, value: [] };
  const described = await session.send(
    broker,
    DESCRIBE_TRANSACTIONS,
    listed.slice(0, MOST_DESCRIBED).map(({ transactionalId }) => transactionalId),
  );
  const states = described.ok ? described.value.transactionStates.filter(({ errorCode }) => errorCode === 0) : [];
  const byId = new Map(states.map((state) => [state.transactionalId, state]));
  return {
    ok: true,
    value: listed.map(({ transactionalId, producerId }) => {
      const state = byId.get(transactionalId);
      if (state === undefined) return { transactionalId, producerId, partitions: [] };
      return {
        transactionalId,
        producerId,
        ...(state.transactionStartTimeMs < 0n ? {} : { startedAtMs: Number(state.transactionStartTimeMs) }),
        timeoutMs: state.transactionTimeoutMs,
        partitions: state.topics.flatMap(({ topic, partitions }) =>
          partitions.map((partition) => ({ topic, partition })),
        ),
      };
    }),
  };
}
