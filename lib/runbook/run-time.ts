/** How long a run of the runbook may take, and the lock that must outlive it. */
import { LAST_STEP_SECONDS, type Repetition, STEPS } from '#core/runbook/messages.ts';
import type { Settings } from '#core/settings.ts';

/** Time for a step on average, with cold start, beside waits and the brokers' deadline. Seconds. */
const STEP_SECONDS = 10;

/**
 * How often, and at what distance, a run asks again for a service that the run of another group
 * holds.
 */
export const SERVICE_WAIT = { intervalSeconds: 60, attempts: 10 } as const;

/**
 * The longest run by the settings: it takes every check, and every observation takes its deadline.
 * Seconds.
 */
export function longestRunSeconds({ timing, kafkaTimeoutSeconds, ...settings }: Settings): number {
  const { maxRechecks, maxConvergeChecks, maxVerifyChecks } = settings;
  const waits =
    SERVICE_WAIT.intervalSeconds * SERVICE_WAIT.attempts +
    maxRechecks * timing.recheckWaitSeconds +
    maxConvergeChecks * timing.convergeWaitSeconds +
    maxVerifyChecks * timing.verifyWaitSeconds;
  const times: Readonly<Record<Repetition, number>> = {
    once: 1,
    recheck: 1 + maxRechecks,
    converge: maxConvergeChecks,
    verify: maxVerifyChecks,
    instead: 0,
  };
  const steps = Object.entries(STEPS).flatMap(([step, { states }]) => {
    const seconds = STEP_SECONDS + (step === 'observe' ? kafkaTimeoutSeconds : 0);
    return Object.values<Repetition>(states).map((repetition) => times[repetition] * seconds);
  });
  return steps.reduce((sum, seconds) => sum + seconds, waits);
}

/**
 * When an execution is cut off: before its lock expires, so that two runs never act at once.
 * Seconds.
 */
export const executionTimeoutSeconds = ({ timing }: Settings): number => timing.lockSeconds - LAST_STEP_SECONDS;

/**
 * What is wrong with the duration of the lock; undefined when the lock outlives the longest run.
 */
export function lockProblem(settings: Settings): string | undefined {
  const longest = Math.ceil(longestRunSeconds(settings));
  const needed = longest + LAST_STEP_SECONDS;
  if (settings.timing.lockSeconds >= needed) return undefined;
  return (
    `timing.lockSeconds: is ${settings.timing.lockSeconds}, but a run may take ${longest} s with its waits and checks; ` +
    `set at least ${needed}, or make the waits shorter or fewer`
  );
}
