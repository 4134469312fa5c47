/** The end of every run: the incident report, and a message with its location. */
import type { z } from 'zod';
import { messageOf } from '#core/errors.ts';
import { measurementOf } from '#core/evidence/measurement.ts';
import { observationSchema } from '#core/evidence/observation.ts';
import { type Incident, type IncidentOutcome, noteEvent } from '#core/runbook/incident.ts';
import type { Reported, RunbookState } from '#core/runbook/messages.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';
import { type Findings, findingsSchema } from '#core/scaling/findings.ts';
import type { Ports } from '#core/world.ts';
import { type ReportInput, renderReport, runEnding, runOutcome, summarise } from '#render/report.ts';
import { loadIncident, objectKey, readObject } from './run.ts';

type ReportWorld = Ports<'state' | 'incidents' | 'notifier'>;

/**
 * Stores the report, sends the message, and closes the incident. The incident of a failed run stays
 * open, so that the next run continues it. A report that cannot be stored stops neither the message
 * nor the closing, since the run would otherwise look like one that died.
 *
 * @throws the first failure, at the end
 */
export async function report(state: RunbookState, world: ReportWorld): Promise<Reported> {
  const { run } = state;
  const outcome = runOutcome(state);
  const ending = runEnding(state);
  if (run === undefined) return reportUnlocked(ending, world);
  const incident = finish(await loadIncident(run, world), { outcome, ending, atMs: world.clock.nowMs() });
  const input = await gather(state, { incident, outcome, ending, problems: [] }, world);
  const key = objectKey(run, 'report.md');
  const unwritten = await attempt(() => world.incidents.putText(key, renderReport(input)));
  const { incident: ended } = input;
  const unsaved = await attempt(() =>
    world.state.saveIncident(unwritten === undefined ? { ...ended, reportKey: key } : ended),
  );
  const where =
    unwritten === undefined ? world.incidents.locationOf(key) : `could not be stored: ${messageOf(unwritten.error)}`;
  await world.notifier.notify({
    subject: `Kafka lag: ${outcome}, group ${run.groupId}`,
    body: `${summarise(input)}\nReport: ${where}`,
    threadId: run.incidentId,
  });
  const failure = unwritten ?? unsaved;
  if (failure !== undefined) throw failure.error;
  return { key, outcome };
}

/** The error that some work threw; `undefined` when it succeeded. */
async function attempt(work: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { error };
  }
}

interface Ending {
  readonly outcome: IncidentOutcome;
  readonly ending: string;
  readonly atMs: number;
}

function finish(incident: Incident, { outcome, ending, atMs }: Ending): Incident {
  const noted = noteEvent(incident, { atMs, step: 'report', text: `${outcome}: ${ending}` });
  return { ...noted, outcome, status: outcome === 'failed' ? 'open' : 'closed' };
}

/**
 * Reads the parts of the report. If a part cannot be read, the report names the problem instead.
 */
async function gather(
  state: RunbookState,
  base: Omit<ReportInput, 'clusterName'>,
  world: ReportWorld,
): Promise<ReportInput> {
  const { clusterName } = world.settings;
  const problems: string[] = [];
  const read = async <T extends z.ZodType>(key: string | undefined, schema: T) => {
    if (key === undefined) return undefined;
    try {
      return await readObject(world, key, schema);
    } catch (error) {
      problems.push(`${key}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const findings = await read(state.diagnose?.key, findingsSchema);
  const newest = state.verify === undefined ? undefined : await read(state.observe?.key, observationSchema);
  return {
    ...base,
    clusterName,
    incident: newest === undefined ? base.incident : { ...base.incident, after: measurementOf(newest) },
    problems,
    ...(findings && {
      diagnosis: findings.diagnosis,
      observation: findings.evidence.observation,
      plan: findings.plan,
      ...serviceIn(findings),
    }),
    ...(state.diagnose && { evidenceAt: world.incidents.locationOf(state.diagnose.key) }),
  };
}

const serviceIn = ({ evidence }: Findings): { service?: ServiceStatus } =>
  evidence.service.kind === 'known' ? { service: evidence.service.value } : {};

/** The message of a run that failed before it had a lock, and so an incident. */
async function reportUnlocked(ending: string, world: ReportWorld): Promise<Reported> {
  const subject = `Kafka lag: the runbook could not start on ${world.settings.clusterName}`;
  await world.notifier.notify({ subject, body: ending, threadId: `runbook-${world.settings.clusterName}` });
  return { key: '', outcome: 'failed' };
}
