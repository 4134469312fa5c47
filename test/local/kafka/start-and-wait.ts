/** A process that starts a broker, of Kafka 2.8.2 when asked to, tells about it, and then ends as its argument says. */
import { startKafka } from '#local/kafka/broker.ts';

const [, , , version] = process.argv;
const stand = await startKafka({ ...(version === '2.8.2' ? { version } : {}), progress: () => {} });
const pids = [...stand.pids, ...(stand.zooKeeperPid === undefined ? [] : [stand.zooKeeperPid])];
process.stdout.write(`${JSON.stringify({ pids, dataDir: stand.dataDir })}\n`);
if (process.argv[2] === 'throw') throw new Error('as told');
if (process.argv[2] === 'return') await stand.stop();
else setInterval(() => {}, 1_000);
