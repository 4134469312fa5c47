/** What bounds a scaling plan. */

import { type Settings, serviceOf } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

export interface PlanLimits {
  /** The backlog is to be worked off within this time. */
  readonly drainTargetSeconds: number;
  /** Share of a consumer's measured rate to count on, above 0 to 1. */
  readonly utilisation: number;
  /** Most tasks for this service; absent: no limit of its own. */
  readonly maxTasks?: number;
  /** Most tasks added at once; absent: no limit of its own. */
  readonly maxStepTasks?: number;
}

/** What bounds a scaling plan for a group. */
export function planLimitsOf(settings: Settings, groupId: string): PlanLimits {
  const maxTasks = serviceOf(settings, groupId)?.maxTasks;
  return {
    drainTargetSeconds: settings.timing.drainTargetSeconds,
    utilisation: settings.utilisation,
    ...present({ maxTasks, maxStepTasks: settings.maxStepTasks }),
  };
}
