/** How long a run of the runbook may take, and the lock that has to outlive it. */
import { LAST_STEP_SECONDS } from '#core/runbook/messages.ts';
import type { Settings } from '#core/settings.ts';

/** What a step is allowed on the average, cold start included, beside waits and the brokers' deadline. Seconds. */
const STEP_SECONDS = 10;

/** How often and at what distance a run asks again for a service that another group's run holds. */
export const SERVICE_WAIT = { intervalSeconds: 60, attempts: 10 } as const;

/** The longest run by the settings: every second look is taken, every observation takes its deadline. Seconds. */
export function longestRunSeconds({ timing, kafkaTimeoutSeconds, ...settings }: Settings): number {
  const { maxRechecks, maxConvergeChecks, maxVerifyChecks } = settings;
  const waits =
    SERVICE_WAIT.intervalSeconds * SERVICE_WAIT.attempts +
    maxRechecks * timing.recheckWaitSeconds +
    maxConvergeChecks * timing.convergeWaitSeconds +
    maxVerifyChecks * timing.verifyWaitSeconds;
  const observations = 1 + maxRechecks + maxConvergeChecks + maxVerifyChecks;
  // Each observation is judged by one step; decide follows a diagnosis; lock, scale, rollback, report and unlock.
  const otherSteps = observations + (1 + maxRechecks) + 5;
  return waits + observations * (kafkaTimeoutSeconds + STEP_SECONDS) + otherSteps * STEP_SECONDS;
}

/** When an execution is cut off: before its lock expires, so that no two runs ever act at once. Seconds. */
export const executionTimeoutSeconds = ({ timing }: Settings): number => timing.lockSeconds - LAST_STEP_SECONDS;

/** What is wrong with the lock's duration; undefined when it outlives the longest run. */
export function lockProblem(settings: Settings): string | undefined {
  const longest = Math.ceil(longestRunSeconds(settings));
  const needed = longest + LAST_STEP_SECONDS;
  if (settings.timing.lockSeconds >= needed) return undefined;
  return (
    `timing.lockSeconds: is ${settings.timing.lockSeconds}, and a run may take ${longest} s by its waits and looks; ` +
    `it must be at least ${needed}, or make the waits shorter or fewer`
  );
}
