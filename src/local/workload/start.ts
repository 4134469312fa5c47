/** Starts the workload programs as child processes of this one. */
import { fileURLToPath } from 'node:url';
import { startChild } from '#local/process/child.ts';
import type { WorkloadReport } from './process.ts';
import { followProgram, toArgs, type WorkloadProcess } from './program.ts';

/** A producer, which also counts. */
export interface ProducerProcess extends WorkloadProcess {
  /**
   * Records acknowledged in all, known once it was stopped; `undefined` before, and when it was
   * killed.
   */
  sent(): number | undefined;
}

/** One consumer. */
export interface ConsumerOptions {
  /** `host:port`, comma separated. */
  readonly bootstrap: string;
  readonly group: string;
  readonly topic: string;
  readonly clientId: string;
  /** Processing time; its capacity is 1000 / msPerRecord records per second. */
  readonly msPerRecord: number;
  /** Burn the time on the CPU instead of waiting. */
  readonly spin?: boolean;
}

/** One producer. */
export interface ProducerOptions {
  /** `host:port`, comma separated. */
  readonly bootstrap: string;
  readonly topic: string;
  /** Records per second, above 0. */
  readonly rate: number;
  /** `even`, or `hot:<share>`: one key has that share of the records. */
  readonly distribution: 'even' | `hot:${number}`;
  /** Bytes of a record's value; 100 when left out. */
  readonly recordBytes?: number;
}

/** Starts one consumer. */
export function startConsumer(options: ConsumerOptions): WorkloadProcess {
  const { bootstrap, group, topic, clientId, msPerRecord } = options;
  const flags = { bootstrap, group, topic, 'client-id': clientId, 'ms-per-record': msPerRecord };
  const args = [...toArgs(flags), ...(options.spin === true ? ['--spin'] : [])];
  return { ...startProgram({ program: 'consumer', name: `consumer ${clientId}`, args, readyOn: 'joined' }), clientId };
}

/** Starts one producer. */
export function startProducer(options: ProducerOptions): ProducerProcess {
  const { bootstrap, topic, rate, distribution, recordBytes = 100 } = options;
  let sent: number | undefined;
  const program = startProgram({
    program: 'producer',
    name: `producer of ${topic}`,
    args: toArgs({ bootstrap, topic, rate, distribution, 'record-bytes': recordBytes }),
    readyOn: 'produced',
    onReport: (message) => {
      if (message.event === 'ended') sent = message.sent;
    },
  });
  return { ...program, sent: () => sent };
}

interface Program {
  readonly program: 'consumer' | 'producer';
  readonly name: string;
  readonly args: readonly string[];
  readonly readyOn: WorkloadReport['event'];
  readonly onReport?: (message: WorkloadReport) => void;
}

function startProgram({ program, name, args, ...ends }: Program): WorkloadProcess {
  const file = fileURLToPath(new URL(`./${program}.ts`, import.meta.url));
  return followProgram({
    ...ends,
    start: (onLine) =>
      startChild({
        command: process.execPath,
        args: ['--disable-warning=TimeoutNegativeWarning', file, ...args],
        name,
        env: { KAFKAJS_NO_PARTITIONER_WARNING: '1' },
        onLine,
      }),
  });
}
