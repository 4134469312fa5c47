/** Brokers that answer from a script, for the stages of a reading. */
import type { Broker } from '@platformatic/kafka';
import { type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';

/** One request that was sent. `times` counts this kind at this broker, from 1. */
export interface Sent {
  /** Host of the broker; `any` for a request to any of them. */
  readonly at: string;
  readonly request: string;
  /** First Kafka that supports it: it differs between the forms for many groups and for one. */
  readonly since: string;
  readonly args: readonly unknown[];
  readonly times: number;
}

type Request = Pick<Sent, 'since'> & { readonly name: string };

/** A session that passes every request to `answer`. */
export function scriptedSession(
  answer: (sent: Sent) => Outcome<unknown> | Promise<Outcome<unknown>>,
): RequestSession & { readonly log: Sent[] } {
  const log: Sent[] = [];
  const put = (at: string, { name, since }: Request, args: readonly unknown[]) => {
    const times = log.filter((entry) => entry.at === at && entry.request === name).length + 1;
    const sent = { at, request: name, since, args, times };
    log.push(sent);
    return answer(sent);
  };
  // The script writes answers by hand: their types are not checked.
  const session = {
    log,
    requests: 0,
    send: async (broker: Broker, request: Request, ...args: unknown[]) => put(broker.host, request, args),
    sendToAny: async (_brokers: readonly Broker[], request: Request, ...args: unknown[]) => put('any', request, args),
    pause: async () => {},
    limit: () => {},
  };
  return session as unknown as RequestSession & { readonly log: Sent[] };
}

/** A coordinator's description of Empty groups. */
export const described = ({ args }: Sent) =>
  success({
    groups: (args[0] as string[]).map((groupId) => ({
      groupId,
      errorCode: 0,
      groupState: 'Empty',
      protocolData: '',
      members: [],
    })),
  });
