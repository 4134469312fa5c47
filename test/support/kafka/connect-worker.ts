/**
 * A member of a Kafka Connect group in the eyes of its coordinator: it says that it is one, and
 * does nothing.
 */
import { Connection, findCoordinatorV6, joinGroupV9, ResponseError, syncGroupV5 } from '@platformatic/kafka';
import { waitUntil } from '#test/support/wait-until.ts';

const GROUP = 0;
/** It sends no heartbeat: nothing may happen to the group for as long. */
const SESSION_MS = 120_000;
const PROTOCOLS = [{ name: 'sessioned', metadata: Buffer.from('worker') }];

/**
 * Joins a group of a cluster with one broker as its only worker; the group is Stable when this
 * resolves.
 */
export async function joinAsConnectWorker(bootstrap: string, groupId: string): Promise<{ close(): Promise<void> }> {
  const [host = '', port] = bootstrap.split(':');
  const connection = new Connection('connect-worker');
  await connection.connect(host, Number(port));
  let memberId = '';
  let generationId = -1;
  // A new member gets its id first and has to join again with it; a coordinator is there after the
  // first request for it.
  await waitUntil('the worker has joined', async () => {
    await withErrors(findCoordinatorV6.api.async(connection, GROUP, [groupId]));
    const joining = joinGroupV9.api.async(
      connection,
      groupId,
      SESSION_MS,
      SESSION_MS,
      memberId,
      null,
      'connect',
      PROTOCOLS,
    );
    ({ memberId, generationId } = await withErrors(joining));
    return generationId >= 0;
  });
  const assignments = [{ memberId, assignment: Buffer.from('connectors') }];
  await syncGroupV5.api.async(connection, groupId, generationId, memberId, null, 'connect', 'sessioned', assignments);
  return { close: () => connection.close() };
}

/** The response, even where it says that something is wrong. */
const withErrors = <T>(asking: Promise<T>): Promise<T> =>
  asking.catch((error: unknown) => {
    if (error instanceof ResponseError) return error.response as T;
    throw error;
  });
