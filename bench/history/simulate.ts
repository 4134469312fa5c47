/** Readings of a simulated cluster: logs grow, groups follow at a distance, members come and go. */

import { commitsOf, groupName, type PollPlan, TOPIC_PARTITIONS, topicNames } from '#bench/poll/plan.ts';
import type { ClusterReading, GroupReading, Member, PartitionReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';

/** Members of each group. */
const MEMBERS = 5;
/** Polls after which a group has other members. */
const POLLS_BETWEEN_REBALANCES = 50;
/** Records per minute of the busiest log. */
const MOST_PER_MINUTE = 20_000;

/** A number from 0 to `below`, the same for the same seeds. */
function noise(below: number, ...seeds: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const seed of seeds) hash = Math.imul(hash ^ seed, 0x01000193) ^ (hash >>> 13);
  return (hash >>> 0) % Math.max(1, Math.floor(below));
}

/** The cluster after `minute` minutes. Every partition of every group moves each minute. */
export function readingAt(plan: PollPlan, minute: number, startMs: number): ClusterReading {
  const logs = new Map(topicNames(plan).map((topic, t) => [topic, logsOf(t, minute)]));
  const groups = Array.from({ length: plan.groups }, (_, g) => groupAt(plan, { g, minute, logs }));
  return {
    atMs: startMs + minute * 60_000,
    groups,
    unreadableGroups: [],
    otherGroups: [],
    problems: [],
    topics: new Map([...logs.keys()].map((topic, t) => [topic, { id: `id-${t}`, partitions: TOPIC_PARTITIONS }])),
    openTransactions: { kind: 'absent' },
    requests: 0,
  };
}

type Log = Pick<PartitionReading, 'logStartOffset' | 'logEndOffset' | 'lastStableOffset'> & { readonly end: number };

const logsOf = (topic: number, minute: number): readonly Log[] =>
  Array.from({ length: TOPIC_PARTITIONS }, (_, partition) => {
    const perMinute = noise(MOST_PER_MINUTE, topic, partition);
    const end = 1_000_000_000 + perMinute * minute + noise(1 + perMinute / 10, topic, partition, minute);
    const start = 500_000_000 + perMinute * (minute - (minute % 20));
    const logEnd = known(BigInt(end));
    return { end, logEndOffset: logEnd, lastStableOffset: logEnd, logStartOffset: known(BigInt(start)) };
  });

interface GroupPlace {
  readonly g: number;
  readonly minute: number;
  readonly logs: ReadonlyMap<string, readonly Log[]>;
}

function groupAt(plan: PollPlan, { g, minute, logs }: GroupPlace): GroupReading {
  const partitions = commitsOf(plan, g).map(({ topic, partition }, i): PartitionReading => {
    const { end, ...log } = (logs.get(topic) as readonly Log[])[partition] as Log;
    const behind = i % 2 === 0 ? 0 : 1 + noise(1_000, g, i, minute);
    const atLeastMs = behind * 10;
    return {
      topic,
      partition,
      committedOffset: known(BigInt(end - behind)),
      ...log,
      age: behind === 0 ? { kind: 'absent' } : known({ atLeastMs, atMostMs: atLeastMs + 500, proven: i % 4 === 1 }),
    };
  });
  const generation = Math.floor((minute + g) / POLLS_BETWEEN_REBALANCES);
  return {
    groupId: groupName(g),
    type: 'consumer',
    kind: 'consumer',
    state: known('Stable'),
    assignor: known('uniform'),
    epoch: known(generation),
    members: known(membersOf(partitions, g, generation)),
    partitions,
  };
}

const membersOf = (partitions: readonly PartitionReading[], group: number, generation: number): Member[] =>
  Array.from({ length: MEMBERS }, (_, m) => ({
    memberId: `${group}-${generation}-${m}`,
    clientId: `consumer-${groupName(group)}-${m}`,
    host: `10.${group % 200}.${generation % 200}.${m}`,
    assignment: partitions.filter((_, i) => i % MEMBERS === m),
  }));
