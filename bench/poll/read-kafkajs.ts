/**
 * Process that reads with the admin client of kafkajs: `node read-kafkajs.ts --bootstrap HOST:PORT
 * --warm 3`.
 *
 * Reads as well as its public interface allows: all groups in one call, commits of many groups at
 * once, but topics one after another, since concurrent calls of `fetchTopicOffsets` mix up their
 * answers.
 */
import { parseArgs } from 'node:util';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { mapBounded } from '#adapters/kafka/connection/bounded.ts';
import { reportReadings, requestCounter, type Totals } from './sample.ts';

const { values } = parseArgs({
  options: { bootstrap: { type: 'string', default: '' }, warm: { type: 'string', default: '3' } },
});

const admin = new Kafka({
  clientId: 'lag-bench',
  brokers: values.bootstrap.split(','),
  logLevel: logLevel.ERROR,
  requestTimeout: 120_000,
}).admin();
/** Requests that set up a connection. */
const SET_UP = ['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'];
const counter = requestCounter();
admin.on(admin.events.REQUEST, ({ payload }) => {
  if (!SET_UP.includes(payload.apiName)) counter.count(payload.broker, payload.apiName);
});

let connected = false;
await reportReadings(
  { read, takeRequests: counter.take, totalsOf, close: () => admin.disconnect() },
  Number(values.warm),
);

type Commits = Awaited<ReturnType<Admin['fetchOffsets']>>;
type Ends = Awaited<ReturnType<Admin['fetchTopicOffsets']>>;
interface Reading {
  readonly described: number;
  readonly commits: readonly Commits[];
  readonly ends: ReadonlyMap<string, Ends>;
}

async function read(): Promise<Reading> {
  if (!connected) await admin.connect();
  connected = true;
  const groupIds = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  const described = (await admin.describeGroups(groupIds)).groups.length;
  const commits = await mapBounded(groupIds, (groupId) => admin.fetchOffsets({ groupId }));
  const ends = new Map<string, Ends>();
  for (const topic of new Set(commits.flatMap((group) => group.map((entry) => entry.topic)))) {
    ends.set(topic, await admin.fetchTopicOffsets(topic));
  }
  return { described, commits, ends };
}

function totalsOf({ described, commits, ends }: Reading): Totals {
  const totals = { groups: described, partitions: 0, lag: 0, unknown: 0, ages: 0 };
  const logs = new Map([...ends].map(([topic, of]) => [topic, new Map(of.map((end) => [end.partition, end]))]));
  for (const { topic, partitions } of commits.flat()) {
    for (const { partition, offset } of partitions) {
      totals.partitions++;
      const log = logs.get(topic)?.get(partition);
      if (log === undefined) totals.unknown++;
      else totals.lag += Number(log.high) - Math.max(Number(offset), Number(log.low));
    }
  }
  return totals;
}
