/** The ZooKeeper of brokers that have no controllers of their own, from the same jars as they. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from '#local/process/child.ts';
import { type KafkaJars, startJava } from './java.ts';
import { HOST, propertiesOf, type ZooKeeperNode } from './node-config.ts';

/** Starts a ZooKeeper by itself. Its brokers may be started at once: they wait for it. */
export async function startZooKeeper(jars: KafkaJars, node: ZooKeeperNode): Promise<Child> {
  await mkdir(node.folder, { recursive: true });
  const file = join(node.folder, 'zoo.cfg');
  const settings = {
    clientPort: node.port,
    clientPortAddress: HOST,
    dataDir: join(node.folder, 'data'),
    // Else a web server on a fixed port.
    'admin.enableServer': false,
  };
  await writeFile(file, propertiesOf(settings));
  return startJava(jars, {
    mainClass: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    args: [file],
    name: 'ZooKeeper',
    options: ['-Xmx128m'],
  });
}
