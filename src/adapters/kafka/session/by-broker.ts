/** Items by the broker that answers for them, so that each broker gets one request. */
import type { Broker } from '@platformatic/kafka';
import type { Outcome, RequestFailure } from '#adapters/kafka/protocol/failures.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';

export interface Split<T> {
  readonly parts: readonly { readonly broker: Broker; readonly items: readonly T[] }[];
  /** Items whose broker is unknown, and why. */
  readonly lost: readonly { readonly item: T; readonly failure: RequestFailure }[];
}

/** Splits items by the broker that answers for them. */
export function splitByBroker<T>(items: readonly T[], brokerOf: (item: T) => Outcome<Broker>): Split<T> {
  const parts = new Map<string, { broker: Broker; items: T[] }>();
  const lost: { item: T; failure: RequestFailure }[] = [];
  for (const item of items) {
    const found = brokerOf(item);
    if (!found.ok) {
      lost.push({ item, failure: found });
      continue;
    }
    const name = brokerName(found.value);
    const part = parts.get(name) ?? { broker: found.value, items: [] };
    part.items.push(item);
    parts.set(name, part);
  }
  return { parts: [...parts.values()], lost };
}
