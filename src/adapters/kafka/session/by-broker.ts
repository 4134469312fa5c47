/** What is to be asked of each broker, so that each is asked once. */
import type { Broker } from '@platformatic/kafka';
import type { Failure, Outcome } from '#adapters/kafka/protocol/failures.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';

export interface Split<T> {
  readonly parts: readonly { readonly broker: Broker; readonly items: readonly T[] }[];
  /** Items whose broker is not known, and why. */
  readonly lost: readonly { readonly item: T; readonly failure: Failure }[];
}

/** Splits items by the broker that knows about them. */
export function splitByBroker<T>(items: readonly T[], brokerOf: (item: T) => Outcome<Broker>): Split<T> {
  const parts = new Map<string, { broker: Broker; items: T[] }>();
  const lost: { item: T; failure: Failure }[] = [];
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
