/** Topics of the local stand. */
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';

/** Leaders are elected within a second on one machine. */
const LEADER_TIMEOUT_MS = 15_000;

/**
 * Makes sure that a topic exists, with one replica, and that each of its partitions has a leader.
 *
 * @throws Error when it exists with another number of partitions, or has no leaders in time
 */
export async function createTopic(bootstrap: string, name: string, partitions: number): Promise<void> {
  const admin = new Admin({ clientId: 'lag-stand', bootstrapBrokers: bootstrap.split(','), retries: 3 });
  try {
    const failure = await admin.createTopics({ topics: [name], partitions, replicas: 1 }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const found = await waitForLeaders(admin, name, failure);
    if (found !== partitions) {
      throw new Error(
        `topic ${JSON.stringify(name)} exists with ${found} partitions, wanted are ${partitions}; choose another name or delete it`,
      );
    }
  } finally {
    await admin.close();
  }
}

/**
 * Takes away a topic and the group that read it; both may be gone already.
 *
 * @throws Error when the broker refuses
 */
export async function removeTopic(
  bootstrap: string,
  { topic, group }: { topic: string; group: string },
): Promise<void> {
  const admin = new Admin({ clientId: 'lag-stand', bootstrapBrokers: bootstrap.split(','), retries: 3 });
  try {
    await admin.deleteGroups({ groups: [group] });
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.close();
  }
}

/**
 * Partitions of the topic, once each has a leader. `failure` is what its creation said: it may
 * exist already.
 */
async function waitForLeaders(admin: Admin, name: string, failure: unknown): Promise<number> {
  const deadline = Date.now() + LEADER_TIMEOUT_MS;
  let problem: unknown = failure;
  while (Date.now() < deadline) {
    try {
      const { topics } = await admin.metadata({ topics: [name], forceUpdate: true });
      const partitions = Object.values(topics.get(name)?.partitions ?? {});
      if (partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)) return partitions.length;
    } catch (error) {
      problem = failure ?? error;
    }
    await delay(100);
  }
  throw new Error(`topic ${JSON.stringify(name)} has no leaders after ${LEADER_TIMEOUT_MS / 1_000} s`, {
    cause: problem,
  });
}
