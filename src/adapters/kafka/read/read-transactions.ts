/** Transactions that are open, and who holds them: asked for only when some log is held back. */
import type { Broker } from '@platformatic/kafka';
import { failureOfCode, type Outcome } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_TRANSACTIONS, LIST_TRANSACTIONS } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import type { OpenTransaction } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { LogOffsets } from './read-offsets.ts';

/** States in which records of a transaction are in the log and its end is not. */
const OPEN_STATES = ['Ongoing', 'PrepareCommit', 'PrepareAbort'] as const;
/** Of one coordinator: the others are told by their names alone. */
const MOST_DESCRIBED = 1_000;

/**
 * The open transactions of the cluster, one request or two to each broker. Brokers leave out those whose transactional id we may not
 * describe: a log that is held back by none of these has a holder that is not visible.
 */
export async function readOpenTransactions(
  session: RequestSession,
  brokers: readonly Broker[],
  logs: Iterable<LogOffsets>,
): Promise<Reading<readonly OpenTransaction[]>> {
  if (!isAnyHeldBack(logs)) return absent;
  const answers = await Promise.all(brokers.map((broker) => askCoordinator(session, broker)));
  const told = answers.flatMap((answer) => (answer.ok ? answer.value : []));
  const failed = answers.find((answer) => !answer.ok);
  // One that was told may be the one; with none told, a broker that did not answer may hold it.
  return told.length === 0 && failed !== undefined && !failed.ok ? unknown(failed.reason) : known(told);
}

function isAnyHeldBack(logs: Iterable<LogOffsets>): boolean {
  for (const { end, stable } of logs) if (end.ok && stable.ok && stable.value < end.value) return true;
  return false;
}

/** The open transactions that one broker coordinates. */
async function askCoordinator(session: RequestSession, broker: Broker): Promise<Outcome<readonly OpenTransaction[]>> {
  const list = await session.ask(broker, LIST_TRANSACTIONS, [...OPEN_STATES], [], -1n, null);
  if (!list.ok) return list;
  const failed = failureOfCode(list.value.errorCode);
  if (failed !== undefined) return failed;
  const listed = list.value.transactionStates;
  if (listed.length === 0) return { ok: true, value: [] };
  const described = await session.ask(
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
