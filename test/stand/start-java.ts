/**
 * Starts Kafka's own clients as child processes of this one, beside the kafkajs ones of the demo:
 * for KIP-848, cooperative and static membership, share groups, Kafka Streams, and transactions
 * that hang. They are compiled on first use, which takes a JDK.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaJars, startJava } from '#local/kafka/java.ts';
import { NEWEST } from '#local/kafka/release.ts';
import { removeFolder, removeFolderAtExit } from '#local/process/child.ts';
import type { WorkloadReport } from '#local/workload/process.ts';
import { followProgram, type WorkloadProcess } from '#local/workload/program.ts';
import { compiled } from './compiled.ts';

const SOURCE = join(import.meta.dirname, 'java', 'Workload.java');
const ASSIGNORS = {
  range: 'org.apache.kafka.clients.consumer.RangeAssignor',
  roundrobin: 'org.apache.kafka.clients.consumer.RoundRobinAssignor',
  sticky: 'org.apache.kafka.clients.consumer.StickyAssignor',
  'cooperative-sticky': 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
} as const;

const PROGRAMS = { none: 'assign', share: 'share', classic: 'consume', consumer: 'consume' } as const;

interface JavaOptions {
  /** `host:port`, comma separated. */
  readonly bootstrap: string;
  readonly topic: string;
  /** Settings of the client that have no option here. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** How a consumer takes part in its group. */
export type Membership =
  /** A member under the classic protocol. */
  | { readonly protocol: 'classic'; readonly assignor: keyof typeof ASSIGNORS }
  /** A member under KIP-848. */
  | { readonly protocol: 'consumer'; readonly assignor?: 'uniform' | 'range' }
  /** No member: it takes all partitions, and commits under the group's name. */
  | { readonly protocol: 'none' }
  /** A member of a share group (KIP-932). The group reads its topic from the start. */
  | { readonly protocol: 'share' };

/** One consumer, which commits what it read at once. */
export interface JavaConsumerOptions extends JavaOptions {
  readonly group: string;
  readonly clientId: string;
  readonly membership: Membership;
  /**
   * Static membership, under the classic protocol and KIP-848. It does not leave its group when it
   * is stopped.
   */
  readonly instanceId?: string;
  /** `read_uncommitted` when left out. */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
  /**
   * Offset up to which it reads each partition; to the end when left out. It stays a member. In a
   * share group it releases the records beyond, and reads nothing more after that: the
   * topic should have one partition.
   */
  readonly until?: number;
}

/**
 * One Kafka Streams application of a single thread. It repartitions its topic, so that it has two
 * subtopologies.
 */
export interface StreamsOptions extends JavaOptions {
  readonly group: string;
  /** `streams` is KIP-1071. */
  readonly protocol: 'classic' | 'streams';
}

/** A producer of some records, which stays when they are acknowledged. */
export interface JavaProducerOptions extends JavaOptions {
  /**
   * How many, stamped now; or the timestamp of each, epoch ms. They go round robin over the
   * partitions.
   */
  readonly records: number | readonly number[];
  /** Absent: no transaction. `open` hangs while the process runs; `stop` aborts it. */
  readonly transaction?: { readonly id: string; readonly end: 'commit' | 'abort' | 'open' };
}

/**
 * Starts one consumer. It is ready when it has its first assignment; in a share group, with its
 * first records.
 *
 * @throws as `kafkaJars` does
 */
export async function startJavaConsumer(options: JavaConsumerOptions): Promise<WorkloadProcess> {
  const { group, clientId, membership, instanceId, isolation = 'read_uncommitted', until } = options;
  const program = PROGRAMS[membership.protocol];
  const common = { 'group.id': group, 'client.id': clientId, ...membershipSettings(membership) };
  // A share group has these as settings of the group, or not at all.
  const member = { 'auto.offset.reset': 'earliest', 'enable.auto.commit': 'false', 'isolation.level': isolation };
  const settings = {
    ...common,
    ...(membership.protocol === 'share' ? {} : member),
    ...(instanceId === undefined ? {} : { 'group.instance.id': instanceId }),
    ...(until === undefined ? {} : { 'stand.until': until }),
  };
  const run = { program, name: `Java consumer ${clientId}`, settings, readyOn: 'joined' } as const;
  return { ...(await startProgram(options, run)), clientId };
}

/** Starts one Streams application. It is ready when it runs. @throws as `kafkaJars` does */
export async function startStreams(options: StreamsOptions): Promise<WorkloadProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'lag-streams-'));
  removeFolderAtExit(folder);
  const settings = {
    'application.id': options.group,
    'group.protocol': options.protocol,
    'state.dir': folder,
    'commit.interval.ms': 100,
    'auto.offset.reset': 'earliest',
  };
  const run = { program: 'stream', name: `Streams ${options.group}`, settings, readyOn: 'joined' } as const;
  const application = await startProgram(options, run);
  void application.exited.then(() => removeFolder(folder));
  return application;
}

/**
 * Starts one producer. It is ready when its records are acknowledged, and its transaction is where
 * it is left.
 *
 * @throws as `kafkaJars` does
 */
export async function startJavaProducer(options: JavaProducerOptions): Promise<WorkloadProcess> {
  const { topic, records, transaction } = options;
  const settings = {
    ...(typeof records === 'number' ? { 'stand.count': records } : { 'stand.timestamps': records.join() }),
    ...(transaction === undefined ? {} : { 'stand.transaction': transaction.end, 'transactional.id': transaction.id }),
  };
  return startProgram(options, {
    program: 'produce',
    name: `Java producer of ${topic}`,
    settings,
    readyOn: 'produced',
  });
}

function membershipSettings(membership: Membership): Record<string, string> {
  switch (membership.protocol) {
    case 'classic':
      return { 'group.protocol': 'classic', 'partition.assignment.strategy': ASSIGNORS[membership.assignor] };
    case 'consumer': {
      const { assignor } = membership;
      return { 'group.protocol': 'consumer', ...(assignor === undefined ? {} : { 'group.remote.assignor': assignor }) };
    }
    case 'share':
      return { 'share.acknowledgement.mode': 'explicit' };
    case 'none':
      return {};
  }
}

interface JavaProgram {
  readonly program: 'consume' | 'assign' | 'share' | 'produce' | 'stream';
  readonly name: string;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly readyOn: WorkloadReport['event'];
}

async function startProgram(options: JavaOptions, { program, name, settings, readyOn }: JavaProgram) {
  const jars = await kafkaJars(NEWEST.pom, () => {});
  const classes = await compiled(jars, SOURCE);
  const { bootstrap, topic } = options;
  const all = { 'bootstrap.servers': bootstrap, 'stand.topic': topic, ...settings, ...options.settings };
  const args = [program, ...Object.entries(all).map(([key, value]) => `${key}=${value}`)];
  const run = { mainClass: 'Workload', classes, args, name, options: ['-Xmx256m'] };
  return followProgram({ start: (onLine) => startJava(jars, { ...run, onLine }), readyOn });
}
