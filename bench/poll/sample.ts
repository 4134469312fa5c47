/** The report of a measured process on its readings: its last line, as JSON. */
import { z } from 'zod';
import type { GroupReading } from '#core/kafka/model.ts';
import { measureLag } from '#core/lag/lag.ts';

const sampleSchema = z.object({
  /** Of the reading alone. */
  ms: z.number().positive(),
  /** CPU time of the whole process meanwhile. */
  cpuMs: z.number().nonnegative(),
  /** Broker → request name → count, without connection set-up. */
  requests: z.record(z.string(), z.record(z.string(), z.number().int().positive())),
  groups: z.number().int(),
  /** Summed over groups. */
  partitions: z.number().int(),
  /** Sum over all partitions whose lag is known. */
  lag: z.number(),
  /** Partitions whose lag is unknown. */
  unknown: z.number().int(),
  /** Partitions with a lag and a known age. */
  ages: z.number().int(),
});

const reportSchema = z.object({
  /** From the start of the process to the start of reading. */
  processStartMs: z.number().positive(),
  /** Connections included. */
  first: sampleSchema,
  /** The readings after the first, with caches filled. */
  warm: z.array(sampleSchema).min(1),
  /** Peak of resident memory over all readings. */
  rssMb: z.number().positive(),
});

/** One reading. */
export type Sample = z.infer<typeof sampleSchema>;
/** The readings of one process. */
export type ProcessReport = z.infer<typeof reportSchema>;

/** The totals of a reading. */
export type Totals = Pick<Sample, 'groups' | 'partitions' | 'lag' | 'unknown' | 'ages'>;

/** The report in a process's output. @throws without a valid report */
export const parseReport = (output: string): ProcessReport => reportSchema.parse(JSON.parse(output));

export interface MeasuredReader<Reading> {
  read(): Promise<Reading>;
  /** Returns the counts since the last call, and resets them. */
  takeRequests(): Sample['requests'];
  /** Runs between the first and the warm readings; not measured. */
  warmUp?(): Promise<void>;
  /** Not measured. */
  totalsOf(reading: Reading): Totals;
  close(): Promise<void>;
}

/** Reads cold and then `warm` times, and writes the report to standard output. */
export async function reportReadings<Reading>(reader: MeasuredReader<Reading>, warm: number): Promise<void> {
  const processStartMs = performance.now(); // counts from the start of the process
  const samples: Sample[] = [];
  for (let reading = 0; reading <= warm; reading++) {
    samples.push(await measure(reader));
    if (reading === 0) await reader.warmUp?.();
  }
  await reader.close();
  const [first, ...rest] = samples;
  const rssMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ processStartMs, first, warm: rest, rssMb })}\n`);
}

async function measure<Reading>(reader: MeasuredReader<Reading>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const reading = await reader.read();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000, requests: reader.takeRequests(), ...reader.totalsOf(reading) };
}

/** Totals over the lag of all groups. */
export function totalsOf(groups: readonly GroupReading[]): Totals {
  const totals = { groups: groups.length, partitions: 0, lag: 0, unknown: 0, ages: 0 };
  for (const group of groups) {
    for (const { lag, age } of measureLag(group).partitions) {
      totals.partitions++;
      if (lag.kind !== 'known') totals.unknown++;
      else totals.lag += lag.value;
      if (lag.kind === 'known' && lag.value > 0 && age.kind === 'known') totals.ages++;
    }
  }
  return totals;
}

/** Counts requests by broker and name. */
export function requestCounter() {
  let counts: Record<string, Record<string, number>> = {};
  return {
    count(broker: string, name: string): void {
      counts[broker] = { ...counts[broker], [name]: (counts[broker]?.[name] ?? 0) + 1 };
    },
    take(): Sample['requests'] {
      const taken = counts;
      counts = {};
      return taken;
    },
  };
}
