/** Brokers that answer as a test says, for the stages of a reading. */
import type { Broker } from '@platformatic/kafka';
import { type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';

/** One request as it was asked; `times` counts this kind at this broker, from 1. */
export interface Asked {
  /** `any` where no broker is meant in particular, else its host. */
  readonly at: string;
  readonly request: string;
  /**
   * The first Kafka that speaks it; tells the form for many groups from the one for a single group.
   */
  readonly since: string;
  readonly args: readonly unknown[];
  readonly times: number;
}

type Request = Pick<Asked, 'since'> & { readonly name: string };

/** An session that hands every request to `answer`. */
export function scriptedSession(
  answer: (asked: Asked) => Outcome<unknown> | Promise<Outcome<unknown>>,
): RequestSession & { readonly log: Asked[] } {
  const log: Asked[] = [];
  const put = (at: string, { name, since }: Request, args: readonly unknown[]) => {
    const times = log.filter((entry) => entry.at === at && entry.request === name).length + 1;
    const asked = { at, request: name, since, args, times };
    log.push(asked);
    return answer(asked);
  };
  // The answers are written by hand, so their types are promised here and not checked.
  const session = {
    log,
    requests: 0,
    send: async (broker: Broker, request: Request, ...args: unknown[]) => put(broker.host, request, args),
    sendToAny: async (_brokers: readonly Broker[], request: Request, ...args: unknown[]) => put('any', request, args),
    pause: async () => {},
    limit: () => {},
  };
  return session as unknown as RequestSession & { readonly log: Asked[] };
}

/** What a coordinator says of groups that are Empty, when it is asked to describe them. */
export const described = ({ args }: Asked) =>
  success({
    groups: (args[0] as string[]).map((groupId) => ({
      groupId,
      errorCode: 0,
      groupState: 'Empty',
      protocolData: '',
      members: [],
    })),
  });
