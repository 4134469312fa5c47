/** What ECS's description of a service says about scaling it. */
import type { Service } from '@aws-sdk/client-ecs';

/** Events by which ECS says that more tasks would not run; the newest event decides, since a later one takes it back. */
const FAILING_EVENTS = ['unable to place a task', 'unable to consistently start tasks'];

/** A deployment is rolling out, or an old one has tasks left. */
export function isDeploying(service: Service): boolean {
  const deployments = service.deployments ?? [];
  return deployments.length > 1 || deployments.some((d) => d.rolloutState === 'IN_PROGRESS');
}

/** Every reason against scaling the service now, for people; `undefined` when there is none. */
export function refusalOf(service: Service): string | undefined {
  const reasons: string[] = [];
  if (service.status !== 'ACTIVE') reasons.push(`its status is ${service.status ?? 'unknown'}, not ACTIVE`);
  if (service.schedulingStrategy === 'DAEMON') reasons.push('it is a daemon: ECS runs one task per instance');
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') reasons.push(`its deployments are controlled by ${controller}, not by ECS`);
  const failed = (service.deployments ?? []).reduce((sum, d) => sum + (d.failedTasks ?? 0), 0);
  if (failed > 0) reasons.push(`${failed} tasks of its deployment failed to start`);
  const event = newestEvent(service);
  if (FAILING_EVENTS.some((text) => event.includes(text))) reasons.push(`its newest event is: ${event}`);
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

function newestEvent(service: Service): string {
  const [newest] = (service.events ?? []).toSorted(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
  );
  return newest?.message ?? '';
}
