/**
 * What the workload programs share: a quiet Kafka client, reports to the parent, and an end that is
 * never missed.
 */
import { Kafka, logLevel } from 'kafkajs';

/** A program that has to end is gone within this time, even when Kafka does not answer. */
const END_DEADLINE_MS = 1_800;

/** What a program reports to its parent: one JSON object per line of standard output. */
export type WorkloadReport =
  /** A consumer joined its group; it may own no partition. */
  | { readonly event: 'joined'; readonly partitions: number }
  /** The first batch of a producer is acknowledged. */
  | { readonly event: 'produced' }
  /** A producer ended: records acknowledged in all. */
  | { readonly event: 'ended'; readonly sent: number };

/** Reports to the parent. */
export function report(message: WorkloadReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** A client that says errors only, on standard error. */
export function quietKafka(bootstrap: string, clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers: bootstrap.split(','),
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ namespace, log }) =>
        void process.stderr.write(`${namespace}: ${log.message}${log.error === undefined ? '' : `: ${log.error}`}\n`),
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8 },
  });
}

/**
 * Ends the process with code 0 on SIGTERM, SIGINT, or when standard input closes: the parent is
 * gone.
 *
 * `leave` says good-bye to Kafka; it is given a deadline.
 */
export function endOnRequest(leave: () => Promise<void>): void {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), END_DEADLINE_MS);
    await leave().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.stdin.on('close', end);
  process.stdin.on('end', end);
  process.stdin.resume();
}

/** A positive number from a flag. @throws Error that names the flag */
export function positive(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new Error(`--${flag} must be a number above 0, got ${JSON.stringify(text)}`);
  }
  return value;
}

/** A flag that must be given. @throws Error that names it */
export function required(flag: string, text: string | undefined): string {
  if (text === undefined || text === '') throw new Error(`--${flag} is missing`);
  return text;
}
