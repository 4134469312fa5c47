/**
 * A process that starts a broker, of Kafka 2.8.2 when asked to, prints where it is, and ends as its
 * argument says.
 */
import { startTestKafka } from '#test/stand/kafka.ts';

const [, , end, version] = process.argv;
const stand = await startTestKafka(version === '2.8.2' ? { version } : {});
process.stdout.write(`${JSON.stringify({ pids: [...stand.pids, ...stand.helperPids], dataDir: stand.dataDir })}\n`);
if (end === 'throw') throw new Error('as the argument says');
if (end === 'return') await stand.stop();
else setInterval(() => {}, 1_000);
