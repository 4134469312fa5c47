/** Whether a service may be scaled, from ECS's description of it. */
import type { Service } from '@aws-sdk/client-ecs';

/**
 * Events after which more tasks would not run. Only the newest event counts: a later one cancels
 * it.
 */
const FAILING_EVENTS = ['unable to place a task', 'unable to consistently start tasks'];

/** A deployment is rolling out, or an older one still has tasks. */
export function isDeploying(service: Service): boolean {
  const deployments = service.deployments ?? [];
  return deployments.length > 1 || deployments.some((d) => d.rolloutState === 'IN_PROGRESS');
}

/** Every reason against scaling the service now, for people; `undefined` when there is none. */
export function findRefusal(service: Service): string | undefined {
  const reasons: string[] = [];
  if (service.status !== 'ACTIVE') reasons.push(`its status is ${service.status ?? 'unknown'}, not ACTIVE`);
  if (service.schedulingStrategy === 'DAEMON') reasons.push('it is a daemon: ECS runs one task per instance');
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') reasons.push(`its deployments are controlled by ${controller}, not by ECS`);
  const failed = (service.deployments ?? []).reduce((sum, d) => sum + (d.failedTasks ?? 0), 0);
  if (failed > 0) reasons.push(`${failed} tasks of its deployment failed to start`);
  const event = newestEventText(service);
  if (FAILING_EVENTS.some((text) => event.includes(text))) reasons.push(`its newest event is: ${event}`);
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

function newestEventText(service: Service): string {
  const [newest] = (service.events ?? []).toSorted(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
  );
  return newest?.message ?? '';
}
