/** Whether a scenario ended as expected, point by point. */

import type { IncidentStore, Notification } from '#core/ports.ts';
import type { Incident } from '#core/runbook/incident.ts';
import { findingsSchema } from '#core/scaling/findings.ts';
import type { Scenario } from './scenario.ts';

export interface ScenarioCheck {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly ok: boolean;
}

export interface ScenarioOutcome {
  readonly ok: boolean;
  readonly checks: readonly ScenarioCheck[];
  /** Path of the incident report; absent when there is none. */
  readonly reportFile?: string;
}

/** The state at the end of a scenario. */
export interface Ending {
  readonly incident: Incident | undefined;
  readonly incidents: IncidentStore;
  readonly desired: number;
  /** Highest task count that was ever requested. */
  readonly highestTasks: number;
  readonly notifications: readonly Notification[];
}

/** Compares the ending with the scenario's expectation. */
export async function judge({ expected }: Scenario, ending: Ending): Promise<ScenarioOutcome> {
  const { incident, incidents, desired, highestTasks, notifications } = ending;
  const { findingsKey, reportKey } = incident ?? {};
  const findings = findingsKey && findingsSchema.parse(await incidents.getJson(findingsKey));
  const checks = [
    check('cause', expected.cause, findings ? findings.diagnosis.cause : 'none'),
    check('outcome', expected.outcome, incident?.outcome ?? 'none'),
    check('incident', 'closed', incident?.status ?? 'none'),
    check('tasks in the end', expected.tasks, desired),
    check('most tasks ever wanted', expected.tasks, highestTasks),
    check('messages sent', 1, notifications.length),
    check('report written', 'yes', reportKey === undefined ? 'no' : 'yes'),
  ];
  return {
    ok: checks.every((entry) => entry.ok),
    checks,
    ...(reportKey === undefined ? {} : { reportFile: incidents.locationOf(reportKey) }),
  };
}

const check = (what: string, expected: string | number, got: string | number): ScenarioCheck => ({
  what,
  expected: String(expected),
  got: String(got),
  ok: expected === got,
});
