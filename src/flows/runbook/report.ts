/** The end of a run, good or bad: the incident report, and a message that says where it is. */
import type { z } from 'zod';
import { messageOf } from '#core/errors.ts';
import { observationSchema } from '#core/evidence/observation.ts';
import { type Incident, type IncidentOutcome, noteEvent } from '#core/runbook/incident.ts';
import type { Reported, RunbookState } from '#core/runbook/messages.ts';
import type { ServiceStatus } from '#core/runbook/service.ts';
import { type Findings, findingsSchema } from '#core/scaling/findings.ts';
import { measurementOf } from '#core/scaling/recovery.ts';
import type { Ports } from '#core/world.ts';
import { endingOf, outcomeOf, type ReportInput, renderReport, summarise } from '#render/report.ts';
import { incidentOf, objectKey, readObject } from './run.ts';

type ReportWorld = Ports<'state' | 'incidents' | 'notifier'>;

/**
 * Writes the report, tells people, and closes the incident. An incident whose run failed stays open, so that the next
 * run continues it. Each of the three is tried whatever becomes of the others: a report that cannot be stored must not keep people from
 * being told, nor have the run taken for one that died.
 *
 * @throws what one of them that failed throws, at the end
 */
export async function report(state: RunbookState, world: ReportWorld): Promise<Reported> {
  const { run } = state;
  const outcome = outcomeOf(state);
  const ending = endingOf(state);
  if (run === undefined) return reportUnlocked(ending, world);
  const incident = finish(await incidentOf(run, world), { outcome, ending, atMs: world.clock.nowMs() });
  const input = await gather(state, { incident, outcome, ending, problems: [] }, world);
  const key = objectKey(run, 'report.md');
  const unwritten = await failureOf(() => world.incidents.putText(key, renderReport(input)));
  const { incident: ended } = input;
  const unsaved = await failureOf(() =>
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

async function failureOf(work: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
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

/** Puts the report's parts together; a part that cannot be read costs that part, never the report. */
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

/** The lock could not even be asked for: there is no incident to write to, but people must know. */
async function reportUnlocked(ending: string, world: ReportWorld): Promise<Reported> {
  const subject = `Kafka lag: the runbook could not start on ${world.settings.clusterName}`;
  await world.notifier.notify({ subject, body: ending, threadId: `runbook-${world.settings.clusterName}` });
  return { key: '', outcome: 'failed' };
}
