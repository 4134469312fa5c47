/** A reader of the cluster that was discovered: it learns the brokers from the store, and follows them when they move. */

import { DiscoveryError, ERROR_NAMES, messageOf } from '#core/errors.ts';
import { chooseEndpoint, type EndpointChoice } from '#core/msk/cluster.ts';
import { type DiscoveredCluster, shareBroker } from '#core/msk/discovered-cluster.ts';
import type { Clock, ClusterStore, OffsetsReader } from '#core/ports.ts';

export interface DiscoveredReaderOptions {
  readonly clusters: ClusterStore;
  /** Which of the cluster's addresses to use. */
  readonly choice: EndpointChoice;
  /** Makes the reader of some brokers. */
  readonly connect: (bootstrapBrokers: string) => OffsetsReader;
  readonly clock: Clock;
}

/** What was loaded is used for this long before it is loaded again. */
const FRESH_MS = 5 * 60_000;

interface Found {
  readonly cluster: DiscoveredCluster;
  readonly bootstrapBrokers: string;
}

/**
 * The first reading loads the stored cluster, and throws when there is none. Later ones go on with what was loaded. It is
 * loaded again when it has become old, beside a reading so that no reading waits for it, and when a reading finds no
 * broker; either is for the next reading. Readings must not overlap.
 */
export class DiscoveredReader implements OffsetsReader {
  readonly #options: DiscoveredReaderOptions;
  #current: (Found & { readonly reader: OffsetsReader }) | undefined;
  /** Loaded, and not used yet. */
  #next: Found | undefined;
  #loadedAtMs = 0;
  /** The last reading found no broker. */
  #lost = false;
  #problem: string | undefined;

  constructor(options: DiscoveredReaderOptions) {
    this.#options = options;
  }

  /** The cluster as the last reading knew it; `undefined` before the first. */
  get cluster(): DiscoveredCluster | undefined {
    return this.#current?.cluster;
  }

  /** Why the cluster could not be loaded again when that was due, for people; `undefined` when it could. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @throws DiscoveryError, SettingsError when it is not known where the brokers are; and what the reader throws */
  async read(...args: Parameters<OffsetsReader['read']>): ReturnType<OffsetsReader['read']> {
    const reader = await this.#reader();
    const isOld = this.#options.clock.nowMs() - this.#loadedAtMs >= FRESH_MS;
    const reloading = isOld ? this.#reload() : undefined;
    try {
      const reading = await reader.read(...args);
      this.#lost = false;
      return reading;
    } catch (error) {
      this.#lost = error instanceof Error && error.name === ERROR_NAMES.kafkaUnreachable;
      if (this.#lost && reloading === undefined) await this.#reload();
      throw error;
    } finally {
      await reloading;
    }
  }

  async close(): Promise<void> {
    await this.#current?.reader.close();
    this.#current = undefined;
  }

  async #reader(): Promise<OffsetsReader> {
    const old = this.#current;
    if (old !== undefined && this.#next === undefined) return old.reader;
    const next = this.#next ?? (await this.#load());
    this.#next = undefined;
    const reader = old !== undefined && this.#stays(old, next) ? old.reader : await this.#replace(old?.reader, next);
    this.#current = { ...next, reader };
    return reader;
  }

  /** MSK names some of many brokers, others each time: as long as the old ones answer, connections are worth keeping. */
  #stays(old: Found, next: Found): boolean {
    if (old.bootstrapBrokers === next.bootstrapBrokers) return true;
    return !this.#lost && shareBroker(old.bootstrapBrokers, next.bootstrapBrokers);
  }

  async #replace(old: OffsetsReader | undefined, { bootstrapBrokers }: Found): Promise<OffsetsReader> {
    const reader = this.#options.connect(bootstrapBrokers);
    await old?.close().catch(() => {}); // it is given up, whatever it says
    return reader;
  }

  async #load(): Promise<Found> {
    const { clusters, choice, clock } = this.#options;
    this.#loadedAtMs = clock.nowMs();
    const cluster = await clusters.load();
    if (cluster === undefined) {
      throw new DiscoveryError(
        `it is not known where the brokers are: ${clusters.location} does not exist; ` +
          'call the function discover and read its log, or set bootstrapBrokers',
        { retriable: true },
      );
    }
    return { cluster, bootstrapBrokers: chooseEndpoint(cluster, choice).bootstrapBrokers };
  }

  /** Never throws: the brokers in use may still be the right ones. */
  async #reload(): Promise<void> {
    try {
      this.#next = await this.#load();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `the discovered cluster could not be loaded again: ${messageOf(error)}`;
    }
  }
}
