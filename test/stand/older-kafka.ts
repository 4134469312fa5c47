/**
 * Kafka 2.8.2: its protocol is the one that MSK Serverless speaks, and its brokers need a
 * ZooKeeper.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KafkaJars, startJava } from '#local/kafka/java.ts';
import { freePorts, HOST, propertiesOf } from '#local/kafka/node-config.ts';
import type { Quorum, Release } from '#local/kafka/release.ts';

/** The older Kafka. */
export const KAFKA_2_8: Release = { pom: join(import.meta.dirname, 'pom-2.8.xml'), startQuorum: startZooKeeper };

/** Starts a ZooKeeper. Its brokers may be started at once: they wait for it. */
async function startZooKeeper(jars: KafkaJars, folder: string): Promise<Quorum> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'zoo.cfg');
  const [clientPort = 0] = await freePorts(1);
  const settings = {
    clientPort,
    clientPortAddress: HOST,
    dataDir: join(folder, 'data'),
    // Otherwise it opens a web server on a fixed port.
    'admin.enableServer': false,
  };
  await writeFile(file, propertiesOf(settings));
  const child = startJava(jars, {
    mainClass: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    args: [file],
    name: 'ZooKeeper',
    options: ['-Xmx128m'],
  });
  return {
    child,
    settings: {
      'zookeeper.connect': `${HOST}:${clientPort}`,
      // It starts at the same time.
      'zookeeper.connection.timeout.ms': 60_000,
      // With acks=all nobody could write to a topic of one replica: newer Kafkas lower this to its
      // number of replicas.
      'min.insync.replicas': 1,
    },
  };
}
