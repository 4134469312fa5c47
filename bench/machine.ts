/** What figures are figures of. */
import { cpus, loadavg, totalmem } from 'node:os';

/** Date, processors, memory and runtime. */
export const machine = () => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.version,
});

/** Load average of the last minute: times depend on what else the machine does. */
export const loadNow = (): number | undefined => loadavg()[0];
