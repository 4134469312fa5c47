/** The incident report in Markdown: what happened, why, what was done, and whether it helped. */

import type { Diagnosis } from '#core/diagnosis/diagnosis.ts';
import type { Fact } from '#core/evidence/evidence.ts';
import { type Observation, wholeRates } from '#core/evidence/observation.ts';
import type { Forecast } from '#core/forecast/model.ts';
import type { LagRatio } from '#core/group/lag-ratio.ts';
import { knownValue, type Reading, whyMissing } from '#core/kafka/reading.ts';
import { conditionText } from '#core/lag/conditions.ts';
import type { Incident, IncidentOutcome, Measurement } from '#core/runbook/incident.ts';
import { lastReason, type RunbookState } from '#core/runbook/messages.ts';
import { type ServiceStatus, serviceName } from '#core/runbook/service.ts';
import type { ScalingPlan } from '#core/scaling/scaling-plan.ts';
import { bullets, plain, table } from '#core/text/markdown.ts';
import { durationText } from '#core/text/text.ts';

/**
 * Most rows of the partition table, so that a report stays readable. The evidence object has all of
 * them.
 */
const MAX_PARTITIONS = 20;

export interface ReportInput {
  readonly clusterName: string;
  readonly incident: Incident;
  readonly outcome: IncidentOutcome;
  /** The decision or error that ended the run. */
  readonly ending: string;
  /** Absent when the run died before its diagnosis. */
  readonly diagnosis?: Diagnosis;
  /** The observation behind the diagnosis. */
  readonly observation?: Observation;
  /**
   * The service at the time of the diagnosis; absent when none is declared, or when it could not be
   * read.
   */
  readonly service?: ServiceStatus;
  /** The size of the step, or why none was possible. */
  readonly plan?: ScalingPlan;
  /** Location of the evidence object. */
  readonly evidenceAt?: string;
  /** Parts that could not be read, with the reason; empty when the report is complete. */
  readonly problems: readonly string[];
}

const OUTCOMES: Record<IncidentOutcome, string> = {
  recovered: 'recovered: the service was scaled, and a check verified that this helped',
  'not-scaled': 'nothing was scaled',
  'rolled-back': 'scaling did not help and was rolled back',
  'not-helped': 'scaling did not help and could not be rolled back',
  failed: 'the run failed',
};

/** The outcome of a run, from its last state. */
export function runOutcome(state: RunbookState): IncidentOutcome {
  if (state.error !== undefined) return 'failed';
  const { rollback } = state;
  if (rollback !== undefined) return rollback.from === rollback.to ? 'not-helped' : 'rolled-back';
  return state.verify?.kind === 'done' ? 'recovered' : 'not-scaled';
}

/** Why a run ended: its error, or the last step's reason. */
export function runEnding(state: RunbookState): string {
  if (state.error !== undefined) return `${state.error.Error}: ${causeText(state.error.Cause)}`;
  return lastReason(state) ?? 'the run ended before a decision';
}

export function renderReport(input: ReportInput): string {
  const { incident, diagnosis, observation } = input;
  const sections = [
    `# ${plain(`Lag of ${incident.groupId} on ${input.clusterName}`)}`,
    bullets(headLines(input)),
    diagnosis && section('Advice', bullets(adviceAfter(input, diagnosis))),
    section('What happened', eventTable(incident)),
    diagnosis && section('Evidence', bullets([...diagnosis.facts, ...diagnosis.contributors].map(factText))),
    observation && section('Unusual conditions', bullets(observation.conditions.map(conditionText))),
    observation && section('Partitions with the most lag', partitionTable(observation)),
    diagnosis && section('Rejected causes', otherCauses(diagnosis)),
    section('Action', actionText(input)),
    incident.before &&
      section(incident.after ? 'Before and after' : 'Measured', measurementTable(incident.before, incident.after)),
    section('What could not be read', bullets(input.problems)),
    input.evidenceAt && section('Evidence file', bullets([input.evidenceAt])),
  ];
  return `${sections.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

/** What a woken person reads first: how the run ended, why, and how bad the lag was. */
function headLines({ incident, diagnosis, observation, service, outcome, ending }: ReportInput): string[] {
  return [
    `Outcome: ${OUTCOMES[outcome]}`,
    ...(diagnosis ? [`Cause: ${diagnosis.cause} (${diagnosis.title}), confidence ${diagnosis.confidence}`] : []),
    ...(observation ? [howBad(observation), howOld(observation), ...howLong(observation)] : []),
    ...(service ? [`Service ${serviceName(service.id)}: ${service.running} of ${service.desired} tasks ran`] : []),
    `End of the run: ${ending}`,
    `Incident ${incident.incidentId}, opened ${instant(incident.openedAtMs)}`,
  ];
}

/**
 * After a recovery, restoring the capacity replaces the first advice, which the run has followed.
 */
function adviceAfter({ outcome, incident: { action } }: ReportInput, { advice }: Diagnosis): readonly string[] {
  if (outcome !== 'recovered' || action === undefined) return advice;
  const { service, lever, leverFrom, from, to } = action;
  const before = lever === 'desired-count' ? `${from} tasks` : `MinCapacity ${leverFrom}`;
  const raised = `${serviceName(service)} stays at ${to} tasks. Restore ${before} by hand when the load allows.`;
  return [raised, ...advice.slice(1)];
}

function howBad(observation: Observation): string {
  const { sumLag, thresholds, coverage } = observation;
  const limits = `thresholds: ${thresholdsText(thresholds)}`;
  if (sumLag === undefined) return `Lag at diagnosis: unknown; ${limits}`;
  const atLeast = coverage !== 1 ? 'at least ' : '';
  const growth = wholeRates(observation)?.lagGrowthRate;
  const changing = growth === undefined ? '' : `, changing by ${Math.round(growth)}/s`;
  return `Lag at diagnosis: ${atLeast}${sumLag} records${changing}; ${ratioText(observation)}${limits}`;
}

const THRESHOLDS: Readonly<Record<LagRatio['by'], string>> = {
  lag: 'lag threshold',
  age: 'age threshold',
  loss: 'data loss horizon',
};

function ratioText({ ratio }: Observation): string {
  if (ratio === undefined) return '';
  return `${ratio.complete ? '' : 'at least '}${ratio.value.toFixed(1)} times the ${THRESHOLDS[ratio.by]}; `;
}

function thresholdsText({ lag, ageSeconds, dataLossHorizonSeconds }: Observation['thresholds']): string {
  return [
    ...(lag === undefined ? [] : [`lag ${lag} records`]),
    ...(ageSeconds === undefined ? [] : [`age ${durationText(ageSeconds * 1000)}`]),
    ...(dataLossHorizonSeconds === undefined
      ? []
      : [`data loss within ${durationText(dataLossHorizonSeconds * 1000)}`]),
  ].join(', ');
}

function howOld({ ageMs }: Observation): string {
  const age = knownValue(ageMs);
  if (age === undefined) return `Age of the oldest unread record: unknown, ${whyMissing(ageMs)}`;
  return age === 0 ? 'The group had read everything' : `Age of the oldest unread record: at least ${durationText(age)}`;
}

/** The status and its start, and the forecasts. */
function howLong({ status, timeToDrain, timeToDataLoss }: Observation): string[] {
  const { kind, rule, sinceMs } = status;
  return [
    `Status at diagnosis: ${kind} (${rule}) since ${instant(sinceMs)}, or earlier than the history`,
    `Time to drain: ${forecastText(timeToDrain, 'none: the group has read everything, or lag does not fall')}`,
    `Time to data loss: ${forecastText(timeToDataLoss, 'none: retention reaches no unread record')}`,
  ];
}

function forecastText(forecast: Reading<Forecast>, none: string): string {
  if (forecast.kind === 'absent') return none;
  if (forecast.kind === 'unknown') return `unknown, ${forecast.reason}`;
  const { seconds, samples, by } = forecast.value;
  if (seconds === 0) return 'none left: retention deletes unread records now';
  const basis = by === undefined ? '' : ', from the retention of the topic';
  return `${durationText(seconds * 1000)} at the rates of the last ${samples} polls${basis}`;
}

/** The report in a few lines, for a notification. */
export function summarise(input: ReportInput): string {
  const { incident, diagnosis, outcome, ending } = input;
  const lines = [
    `Group ${incident.groupId} on ${input.clusterName}: ${OUTCOMES[outcome]}.`,
    ...(diagnosis === undefined
      ? []
      : [`Cause: ${diagnosis.cause} (${diagnosis.title}), confidence ${diagnosis.confidence}.`]),
    `${ending}.`,
    ...(diagnosis?.advice[0] === undefined ? [] : [`Advice: ${diagnosis.advice[0]}`]),
  ];
  return lines.join('\n');
}

const section = (title: string, body: string): string => (body === '' ? '' : `## ${title}\n\n${body}`);
const instant = (atMs: number): string => new Date(atMs).toISOString();
const factText = (fact: Fact): string => fact.text;
const number = (value: number | undefined, unit = ''): string =>
  value === undefined ? 'unknown' : `${Math.round(value)}${unit}`;

function eventTable({ events }: Incident): string {
  return table(
    ['Time', 'Step', 'What'],
    events.map((event) => [instant(event.atMs), event.step, event.text]),
  );
}

function partitionTable({ partitions }: Observation): string {
  const worst = [...partitions].sort((a, b) => lagRank(b.lag) - lagRank(a.lag)).slice(0, MAX_PARTITIONS);
  const rows = worst.map((p) => [
    p.topic,
    String(p.partition),
    lagText(p.lag),
    number(p.produceRate, '/s'),
    number(p.consumeRate, '/s'),
    p.owner ?? 'unknown or none',
  ]);
  const hidden = partitions.length - worst.length;
  const more = hidden > 0 ? `\n\n${hidden} more are in the evidence file.` : '';
  return table(['Topic', 'Partition', 'Lag', 'Produce rate', 'Consume rate', 'Owner'], rows, [1, 2, 3, 4]) + more;
}

/** Unknown lag comes first, partitions without a commit last. */
function lagRank(lag: Reading<number>): number {
  if (lag.kind === 'known') return lag.value;
  return lag.kind === 'unknown' ? Number.POSITIVE_INFINITY : -1;
}

function lagText(lag: Reading<number>): string {
  if (lag.kind === 'known') return String(lag.value);
  return lag.kind === 'absent' ? 'no commit' : `unknown: ${lag.reason}`;
}

function otherCauses({ others }: Diagnosis): string {
  const verdicts = { holds: 'fits too, but comes later: ', rejected: '', unknown: 'unknown: ' };
  const rows = others.map(({ id, verdict, facts }) => [id, verdicts[verdict] + facts.map((f) => f.text).join('; ')]);
  return table(['Cause', 'Why not'], rows);
}

function actionText({ incident: { action }, plan, diagnosis }: ReportInput): string {
  const sizing = plan === undefined || diagnosis?.response !== 'scale' ? [] : plan.facts.map(factText);
  if (action === undefined) return bullets(['Nothing was changed.', ...sizing]);
  const { service, lever, from, to, status, atMs } = action;
  const change = `${serviceName(service)}: ${from} → ${to} tasks by ${lever}, ${status}, at ${instant(atMs)}`;
  return bullets([change, ...sizing]);
}

function measurementTable(before: Measurement, after: Measurement | undefined): string {
  const row = (name: string, value: (m: Measurement) => string) => [
    name,
    value(before),
    ...(after ? [value(after)] : []),
  ];
  return table(
    ['', after ? 'Before' : 'At diagnosis', ...(after ? ['After'] : [])],
    [
      row('time', (m) => instant(m.atMs)),
      row('lag, records', (m) => number(m.sumLag)),
      row('members', (m) => number(m.members)),
      row('produce rate', (m) => number(m.produceRate, '/s')),
      row('consume rate', (m) => number(m.consumeRate, '/s')),
      row('growth of lag', (m) => number(m.lagGrowthRate, '/s')),
    ],
    [1, 2],
  );
}

/** Step Functions passes the cause of a Lambda error as JSON text. People need only its message. */
function causeText(cause: string | undefined): string {
  if (cause === undefined) return 'no cause given';
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage);
  } catch {
    // Not JSON: the state machine's own text.
  }
  return cause;
}
