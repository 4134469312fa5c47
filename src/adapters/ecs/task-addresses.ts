import { DescribeTasksCommand, type ECSClient, paginateListTasks, type Task } from '@aws-sdk/client-ecs';
import { messageOf } from '#core/errors.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { ServiceId } from '#core/runbook/service.ts';

/** Most tasks per DescribeTasks call. @see ECS API reference, DescribeTasks */
const MAX_TASKS = 100;
const ADDRESS_DETAILS = ['privateIPv4Address', 'privateIPv6Address'];

/**
 * IP addresses of the service's running tasks, from their network interfaces.
 *
 * Unknown when a running task has no interface of its own (without awsvpc networking it shares its
 * host's address), or when the tasks could not be read. Never throws.
 */
export async function readTaskAddresses(client: ECSClient, id: ServiceId): Promise<Reading<readonly string[]>> {
  try {
    const addresses: string[] = [];
    for await (const page of paginateListTasks(
      { client, pageSize: MAX_TASKS },
      { cluster: id.cluster, serviceName: id.service, desiredStatus: 'RUNNING' },
    )) {
      for (const task of await describeRunning(client, id.cluster, page.taskArns ?? [])) {
        const own = addressesOf(task);
        if (own.length === 0) return unknown(`task ${task.taskArn ?? ''} has no network interface of its own`);
        addresses.push(...own);
      }
    }
    return known(addresses);
  } catch (error) {
    return unknown(`the tasks could not be read: ${messageOf(error)}`);
  }
}

/** The tasks that still run. A task that has ended since it was listed may be missing. */
async function describeRunning(client: ECSClient, cluster: string, tasks: string[]): Promise<Task[]> {
  if (tasks.length === 0) return [];
  const answer = await client.send(new DescribeTasksCommand({ cluster, tasks }));
  const failure = (answer.failures ?? []).find(({ reason }) => reason !== 'MISSING');
  if (failure !== undefined) throw new Error(`${failure.arn ?? 'a task'}: ${failure.reason ?? 'no reason given'}`);
  return (answer.tasks ?? []).filter((task) => task.lastStatus === 'RUNNING');
}

const addressesOf = (task: Task): string[] =>
  (task.attachments ?? [])
    .filter((attachment) => attachment.type === 'ElasticNetworkInterface')
    .flatMap((attachment) => attachment.details ?? [])
    .flatMap(({ name = '', value }) => (ADDRESS_DETAILS.includes(name) && value !== undefined ? [value] : []));
