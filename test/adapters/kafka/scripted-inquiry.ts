/** Brokers that answer as a test says, for the stages of a reading. */
import type { Broker } from '@platformatic/kafka';
import type { Outcome } from '../../../src/adapters/kafka/failures.ts';
import type { Inquiry } from '../../../src/adapters/kafka/inquiry.ts';

/** One request as it was asked; `times` counts this kind at this broker, from 1. */
export interface Asked {
  /** `any` where no broker is meant in particular, else its host. */
  readonly at: string;
  readonly request: string;
  readonly args: readonly unknown[];
  readonly times: number;
}

/** An inquiry that hands every request to `answer`. */
export function scriptedInquiry(answer: (asked: Asked) => Outcome<unknown>): Inquiry & { readonly log: Asked[] } {
  const log: Asked[] = [];
  const put = (at: string, request: string, args: readonly unknown[]) => {
    const times = log.filter((entry) => entry.at === at && entry.request === request).length + 1;
    log.push({ at, request, args, times });
    return answer({ at, request, args, times });
  };
  // The answers are written by hand, so their types are promised here and not checked.
  const inquiry = {
    log,
    requests: 0,
    ask: async (broker: Broker, { name }: { name: string }, ...args: unknown[]) => put(broker.host, name, args),
    askAny: async (_brokers: readonly Broker[], { name }: { name: string }, ...args: unknown[]) =>
      put('any', name, args),
    pause: async () => {},
  };
  return inquiry as unknown as Inquiry & { readonly log: Asked[] };
}
