/** The clients that can read a cluster, and what a command has to know of each. */
import type { BatchReaderOptions } from '#adapters/kafka/batch-reader.ts';
import { muteNegativeTimeouts } from '#cli/terminal/warnings.ts';
import type { IsolationLevel } from '#core/lag/lag.ts';
import type { OffsetsReader } from '#core/ports.ts';

export interface ReaderFacts {
  /** Isolation of groups without a choice: it counts to the furthest end that the client reads. */
  readonly isolation: IsolationLevel;
  /** It reads the age of unread records. */
  readonly readsAges: boolean;
  /** `lag check` sends its requests. */
  readonly isChecked: boolean;
  /** Opens a reader. Loading the client takes a while, so wrong usage must be refused before. */
  open(options: BatchReaderOptions): Promise<OffsetsReader>;
}

/** By the name that `--reader` takes. */
export const READERS = {
  batch: {
    isolation: 'read_uncommitted',
    readsAges: true,
    isChecked: true,
    open: async (options) => (await import('#adapters/kafka/batch-reader.ts')).createBatchReader(options),
  },
  kafkajs: {
    isolation: 'read_committed',
    readsAges: false,
    isChecked: false,
    async open(options) {
      muteNegativeTimeouts();
      return (await import('#adapters/kafkajs/kafkajs-reader.ts')).createKafkajsReader(options);
    },
  },
} as const satisfies Record<string, ReaderFacts>;

export type ReaderName = keyof typeof READERS;
