/** The machine that a benchmark ran on. */
import { cpus, loadavg, totalmem } from 'node:os';

/** Date, processors, memory and runtime. */
export const machine = () => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.version,
});

/** Load average of the last minute, since times depend on other work of the machine. */
export const loadNow = (): number | undefined => loadavg()[0];
