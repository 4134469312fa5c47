/** Counts the requests of our batch reader. */
import { type Connection, connectionsApiChannel } from '@platformatic/kafka';
import * as requests from '#adapters/kafka/protocol/requests.ts';
import { requestCounter } from './sample.ts';

/** Counts the requests of every reader in this process from now on, without connection set-up. */
export function countBatchRequests() {
  const names = new Map(Object.values(requests).map(({ name, versions }) => [versions[0]?.key, name]));
  const counter = requestCounter();
  const ignore = () => {};
  connectionsApiChannel.subscribe({
    start: ({ connection, apiKey }) => {
      const { host, port } = connection as Connection;
      const name = names.get(Number(apiKey));
      if (name !== undefined) counter.count(`${host}:${port}`, name);
    },
    end: ignore,
    asyncStart: ignore,
    asyncEnd: ignore,
    error: ignore,
  });
  return counter;
}
