/** Brokers in messages. */
import type { Broker } from '@platformatic/kafka';

/** `host:port`. */
export const brokerName = (broker: Broker): string =>
  broker.host.includes(':') ? `[${broker.host}]:${broker.port}` : `${broker.host}:${broker.port}`;

/** Names of several brokers, for a message. */
export const brokerNames = (brokers: readonly Broker[]): string => brokers.map(brokerName).join(', ');
