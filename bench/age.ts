/** `npm run bench -- age`: how far the reader's ages are from the truth, by kind of data. */
import { Command } from 'commander';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { KINDS } from '#bench/age/kinds.ts';
import { type KindResult, measureKind } from '#bench/age/measure.ts';
import { BROKER_SETTINGS, prepare } from '#bench/age/stand.ts';
import { renderTable } from '#cli/terminal/render.ts';
import { startKafka } from '#local/kafka/broker.ts';

/** The budget of a poll. */
const BUDGET = { rounds: 17, precisePartitions: 200 };

/** The command for the runner. */
export const ageBenchmark = (): Command =>
  new Command('age')
    .description('ages of the oldest unread records, against the truth, by kind of data on a real broker')
    .action(async () => {
      const kafka = await startKafka({
        settings: BROKER_SETTINGS,
        progress: (line) => void process.stderr.write(`${line}\n`),
      });
      try {
        const results: KindResult[] = [];
        for (const kind of KINDS) {
          const stand = await prepare(kafka.bootstrap, kind);
          // A new reader per kind, without anything cached.
          const options = { bootstrapBrokers: kafka.bootstrap, auth: 'plaintext', timeoutMs: 20_000 } as const;
          const reader = createBatchReader({ ...options, clock: systemClock });
          results.push(await measureKind(reader, stand, BUDGET).finally(() => reader.close()));
        }
        print(results);
      } finally {
        await kafka.stop();
      }
    });

function print(results: readonly KindResult[]): void {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const head = ['DATA', 'GROUPS', 'WORST ERROR', 'WORST RELATIVE', 'KEPT PROMISE', 'UNKNOWN', 'PROVEN', 'ROUNDS'];
  const rows = results.map((r) => [
    r.kind,
    String(r.groups),
    `${Math.round(r.worstErrorMs)} ms`,
    percent(r.worstRelativeError),
    r.promiseKept ? `yes (${r.promise})` : `NO (${r.promise})`,
    String(r.unknown),
    String(r.proven),
    String(r.rounds),
  ]);
  process.stdout.write(renderTable(head, rows));
  const by = <T>(pick: (result: KindResult) => T) => Object.fromEntries(results.map((r) => [r.kind, pick(r)]));
  const last = {
    worstRelativeError: by((r) => r.worstRelativeError),
    worstErrorMs: by((r) => r.worstErrorMs),
    rounds: by((r) => r.rounds),
    promiseKept: results.every((r) => r.promiseKept),
  };
  process.stdout.write(`${JSON.stringify(last)}\n`);
}
