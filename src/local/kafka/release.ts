/** Which Kafka is started, and what a caller may add to it. */
import { join } from 'node:path';
import type { Child } from '#local/process/child.ts';
import type { KafkaJars } from './java.ts';
import type { NodeSettings } from './node-config.ts';

/** A Kafka that can be started. */
export interface Release {
  /** Maven file that pins its jars. */
  readonly pom: string;
  /**
   * Starts the program that the brokers find each other by, with its files in `folder`. Absent when
   * the brokers are their own controllers.
   */
  readonly startQuorum?: (jars: KafkaJars, folder: string) => Promise<Quorum>;
}

/** A running program that holds what the brokers have to agree on. */
export interface Quorum {
  readonly child: Child;
  /** NodeSettings of every broker by which it finds the program. */
  readonly settings: NodeSettings;
}

/** The newest Kafka that is pinned. */
export const NEWEST: Release = { pom: join(import.meta.dirname, 'pom.xml') };

/** Listeners of every broker beside the plaintext one. */
export interface ExtraListeners {
  /** Upper case, as in a broker's configuration. */
  readonly names: readonly string[];
  /** Writes what a broker needs into its folder, and returns its settings. */
  prepare(folder: string): Promise<NodeSettings>;
  /** Arguments of the storage tool: what the log of a new broker begins with. */
  readonly formatArgs: readonly string[];
}
