/**
 * A reader of the discovered cluster: it takes the brokers from the store, and follows them when
 * they change.
 */

import { ERROR_NAMES, messageOf } from '#core/errors.ts';
import { chooseEndpoint, type EndpointChoice } from '#core/msk/cluster.ts';
import { type DiscoveredCluster, shareBroker } from '#core/msk/discovered-cluster.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';
import type { Clock, ClusterStore, OffsetsReader } from '#core/ports.ts';

export interface DiscoveredReaderOptions {
  readonly clusters: ClusterStore;
  /** Which of the cluster's addresses to use. */
  readonly choice: EndpointChoice;
  /** Creates a reader for some brokers. */
  readonly connect: (bootstrapBrokers: string) => OffsetsReader;
  readonly clock: Clock;
}

/** A loaded cluster is this old when the reader loads it again. */
const FRESH_MS = 5 * 60_000;

interface Found {
  readonly cluster: DiscoveredCluster;
  readonly bootstrapBrokers: string;
}

/**
 * The first reading loads the stored cluster, and throws when there is none. Later readings use the
 * loaded one. The reader loads it again when it is old or when no broker answers. Loading runs
 * beside a reading, which does not wait for it; the next reading uses the result. Readings must not
 * overlap.
 */
export class DiscoveredReader implements OffsetsReader {
  readonly #options: DiscoveredReaderOptions;
  #current: (Found & { readonly reader: OffsetsReader }) | undefined;
  /** Loaded, but not used yet. */
  #next: Found | undefined;
  #loadedAtMs = 0;
  /** No broker answered the last reading. */
  #lost = false;
  #problem: string | undefined;

  constructor(options: DiscoveredReaderOptions) {
    this.#options = options;
  }

  /** The cluster that the last reading used; `undefined` before the first. */
  get cluster(): DiscoveredCluster | undefined {
    return this.#current?.cluster;
  }

  /** Why the cluster could not be loaded again, for people; `undefined` without a problem. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @throws DiscoveryError, SettingsError when the brokers are unknown; and the reader's errors */
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

  /** MSK names different brokers each time. Connections to old ones are kept while these answer. */
  #stays(old: Found, next: Found): boolean {
    if (old.bootstrapBrokers === next.bootstrapBrokers) return true;
    return !this.#lost && shareBroker(old.bootstrapBrokers, next.bootstrapBrokers);
  }

  async #replace(old: OffsetsReader | undefined, { bootstrapBrokers }: Found): Promise<OffsetsReader> {
    const reader = this.#options.connect(bootstrapBrokers);
    await old?.close().catch(() => {}); // an error does not matter any more
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
      );
    }
    return { cluster, bootstrapBrokers: chooseEndpoint(cluster, choice).bootstrapBrokers };
  }

  /** Never throws: the brokers in use may still be right. */
  async #reload(): Promise<void> {
    try {
      this.#next = await this.#load();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `the discovered cluster could not be loaded again: ${messageOf(error)}`;
    }
  }
}
