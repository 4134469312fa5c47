/** The limits of a scaling plan. */

import { type Settings, serviceOf } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

export interface PlanLimits {
  /** The backlog should be drained within this time. */
  readonly drainTargetSeconds: number;
  /** Share of a consumer's measured rate that sizing counts on, above 0, at most 1. */
  readonly utilisation: number;
  /** Most tasks for this service; absent: no limit of its own. */
  readonly maxTasks?: number;
  /** Most tasks added at once; absent: no limit of its own. */
  readonly maxStepTasks?: number;
}

/** The limits for the service of a group. */
export function planLimitsOf(settings: Settings, groupId: string): PlanLimits {
  const maxTasks = serviceOf(settings, groupId)?.maxTasks;
  return {
    drainTargetSeconds: settings.timing.drainTargetSeconds,
    utilisation: settings.utilisation,
    ...present({ maxTasks, maxStepTasks: settings.maxStepTasks }),
  };
}
