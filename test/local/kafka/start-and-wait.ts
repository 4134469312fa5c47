/** A process that starts a broker, tells about it, and then ends as its argument says. */
import { startKafka } from '../../../src/local/kafka/broker.ts';

const stand = await startKafka({ progress: () => {} });
process.stdout.write(`${JSON.stringify({ pids: stand.pids, dataDir: stand.dataDir })}\n`);
if (process.argv[2] === 'throw') throw new Error('as told');
if (process.argv[2] === 'return') await stand.stop();
else setInterval(() => {}, 1_000);
