/** The incident report: what happened, why, what was done, whether it helped. Markdown for people. */

import type { Diagnosis } from '#core/diagnosis/diagnosis.ts';
import type { Fact } from '#core/evidence/evidence.ts';
import { type Observation, wholeRates } from '#core/evidence/observation.ts';
import type { Forecast } from '#core/forecast/model.ts';
import type { LagRatio } from '#core/group/lag-ratio.ts';
import { knownValue, type Reading, whyMissing } from '#core/kafka/reading.ts';
import { conditionText } from '#core/lag/conditions.ts';
import type { Incident, IncidentOutcome, Measurement } from '#core/runbook/incident.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import { type ServiceStatus, serviceName } from '#core/runbook/service.ts';
import type { ScalingPlan } from '#core/scaling/scaling-plan.ts';
import { bullets, plain, table } from '#core/text/markdown.ts';
import { durationText } from '#core/text/text.ts';

/** Rows of the partition table: a report stays readable at thousands of partitions; the evidence object has them all. */
const MAX_PARTITIONS = 20;

export interface ReportInput {
  readonly clusterName: string;
  readonly incident: Incident;
  readonly outcome: IncidentOutcome;
  /** Decision, or error, that ended the run. */
  readonly ending: string;
  /** Absent when the run died before it had one. */
  readonly diagnosis?: Diagnosis;
  /** The look that the diagnosis rests on. */
  readonly observation?: Observation;
  /** The service as it was when diagnosed; absent when none is declared, or it could not be read. */
  readonly service?: ServiceStatus;
  /** How a step was sized, or why none was possible. */
  readonly plan?: ScalingPlan;
  /** Where the evidence object is. */
  readonly evidenceAt?: string;
  /** Parts that could not be read, with the reason; empty when the report is whole. */
  readonly problems: readonly string[];
}

const OUTCOMES: Record<IncidentOutcome, string> = {
  recovered: 'recovered: the service was scaled, and it was verified that this helped',
  'not-scaled': 'nothing was scaled',
  'rolled-back': 'scaling did not help and was rolled back',
  'not-helped': 'scaling did not help and could not be rolled back',
  failed: 'the runbook failed',
};

/** How a run ended, from the state it ended in. */
export function outcomeOf(state: RunbookState): IncidentOutcome {
  if (state.error !== undefined) return 'failed';
  if (state.rollback !== undefined) return state.rollback.from === state.rollback.to ? 'not-helped' : 'rolled-back';
  return state.verify?.kind === 'done' ? 'recovered' : 'not-scaled';
}

/** The last word of a run: the error, or the last step's reason. */
export function endingOf(state: RunbookState): string {
  if (state.error !== undefined) return `${state.error.Error}: ${causeText(state.error.Cause)}`;
  return state.rollback?.reason ?? state.verify?.reason ?? state.decide?.reason ?? 'the run ended before a decision';
}

export function renderReport(input: ReportInput): string {
  const { incident, diagnosis, observation } = input;
  const sections = [
    `# ${plain(`Lag of ${incident.groupId} on ${input.clusterName}`)}`,
    bullets(headLines(input)),
    diagnosis && section('Advice', bullets(adviceOf(input, diagnosis))),
    section('What happened', timeLine(incident)),
    diagnosis && section('Evidence', bullets([...diagnosis.facts, ...diagnosis.contributors].map(factText))),
    observation && section('Out of the ordinary', bullets(observation.conditions.map(conditionText))),
    observation && section('Partitions with most lag', partitionTable(observation)),
    diagnosis && section('Rejected causes', otherCauses(diagnosis)),
    section('Action', actionText(input)),
    incident.before &&
      section(incident.after ? 'Before and after' : 'Measured', measured(incident.before, incident.after)),
    section('What could not be read', bullets(input.problems)),
    input.evidenceAt && section('Where the evidence is', bullets([input.evidenceAt])),
  ];
  return `${sections.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

/** What a person who was woken reads first: how it ended, why, how bad it was. */
function headLines({ incident, diagnosis, observation, service, outcome, ending }: ReportInput): string[] {
  return [
    `Outcome: ${OUTCOMES[outcome]}`,
    ...(diagnosis ? [`Cause: ${diagnosis.cause} (${diagnosis.title}), confidence ${diagnosis.confidence}`] : []),
    ...(observation ? [howBad(observation), howOld(observation), ...howLong(observation)] : []),
    ...(service ? [`Service ${serviceName(service.id)}: ${service.running} of ${service.desired} tasks ran`] : []),
    `The run ended with: ${ending}`,
    `Incident ${incident.incidentId}, opened ${instant(incident.openedAtMs)}`,
  ];
}

/** After a recovery the first thing to do is not what was just done. */
function adviceOf({ outcome, incident: { action } }: ReportInput, { advice }: Diagnosis): readonly string[] {
  if (outcome !== 'recovered' || action === undefined) return advice;
  const { service, lever, leverFrom, from, to } = action;
  const back = lever === 'desired-count' ? `${from} tasks` : `MinCapacity ${leverFrom}`;
  const raised = `${serviceName(service)} stays at ${to} tasks: take it back to ${back} by hand when the load allows.`;
  return [raised, ...advice.slice(1)];
}

function howBad(observation: Observation): string {
  const { sumLag, thresholds, coverage } = observation;
  const allowed = `allowed are ${thresholdsText(thresholds)}`;
  if (sumLag === undefined) return `Lag when diagnosed: unknown; ${allowed}`;
  const atLeast = coverage !== 1 ? 'at least ' : '';
  const velocity = wholeRates(observation)?.lagGrowthRate;
  const moving = velocity === undefined ? '' : `, moving by ${Math.round(velocity)}/s`;
  return `Lag when diagnosed: ${atLeast}${sumLag} records${moving}; ${howMuch(observation)}${allowed}`;
}

const OF_WHAT: Readonly<Record<LagRatio['by'], string>> = {
  lag: 'records',
  age: 'age',
  loss: 'time until data is lost',
};

function howMuch({ ratio }: Observation): string {
  if (ratio === undefined) return '';
  return `${ratio.complete ? '' : 'at least '}${ratio.value.toFixed(1)} times what is allowed by ${OF_WHAT[ratio.by]}; `;
}

function thresholdsText({ lag, ageSeconds, dataLossHorizonSeconds }: Observation['thresholds']): string {
  return [
    ...(lag === undefined ? [] : [`${lag} records`]),
    ...(ageSeconds === undefined ? [] : [`an age of ${durationText(ageSeconds * 1000)}`]),
    ...(dataLossHorizonSeconds === undefined
      ? []
      : [`data loss no nearer than ${durationText(dataLossHorizonSeconds * 1000)}`]),
  ].join(', ');
}

function howOld({ ageMs }: Observation): string {
  const age = knownValue(ageMs);
  if (age === undefined) return `Age of the oldest unread record: unknown, ${whyMissing(ageMs)}`;
  return age === 0 ? 'Nothing was unread' : `Age of the oldest unread record: at least ${durationText(age)}`;
}

/** Since when it is so, and what is ahead if it goes on. */
function howLong({ status, timeToDrain, timeToDataLoss }: Observation): string[] {
  const { kind, rule, sinceMs } = status;
  return [
    `Status when diagnosed: ${kind} (${rule}) since ${instant(sinceMs)}, as far as the history reaches back`,
    `Time to drain: ${forecastText(timeToDrain, 'none: nothing is unread, or lag does not fall')}`,
    `Time to data loss: ${forecastText(timeToDataLoss, 'none: retention gains on no unread record')}`,
  ];
}

function forecastText(forecast: Reading<Forecast>, none: string): string {
  if (forecast.kind === 'absent') return none;
  if (forecast.kind === 'unknown') return `unknown, ${forecast.reason}`;
  const { seconds, samples, by } = forecast.value;
  if (seconds === 0) return 'it is under way';
  const basis = by === undefined ? '' : ', by the retention of the topic';
  return `${durationText(seconds * 1000)} if it goes on as over ${samples} polls${basis}`;
}

/** The report in a few plain lines, for a notification. */
export function summarise(input: ReportInput): string {
  const { incident, diagnosis, outcome, ending } = input;
  const lines = [
    `Group ${incident.groupId} on ${input.clusterName}: ${OUTCOMES[outcome]}.`,
    ...(diagnosis === undefined
      ? []
      : [`Cause: ${diagnosis.cause} (${diagnosis.title}), confidence ${diagnosis.confidence}.`]),
    `${ending}.`,
    ...(diagnosis?.advice[0] === undefined ? [] : [`First: ${diagnosis.advice[0]}`]),
  ];
  return lines.join('\n');
}

const section = (title: string, body: string): string => (body === '' ? '' : `## ${title}\n\n${body}`);
const instant = (atMs: number): string => new Date(atMs).toISOString();
const factText = (fact: Fact): string => fact.text;
const number = (value: number | undefined, unit = ''): string =>
  value === undefined ? 'unknown' : `${Math.round(value)}${unit}`;

function timeLine({ events }: Incident): string {
  return table(
    ['Time', 'Step', 'What'],
    events.map((event) => [instant(event.atMs), event.step, event.text]),
  );
}

function partitionTable({ partitions }: Observation): string {
  const rank = (lag: (typeof partitions)[number]['lag']) =>
    lag.kind === 'known' ? lag.value : lag.kind === 'unknown' ? Number.POSITIVE_INFINITY : -1;
  const worst = [...partitions].sort((a, b) => rank(b.lag) - rank(a.lag)).slice(0, MAX_PARTITIONS);
  const rows = worst.map((p) => [
    p.topic,
    String(p.partition),
    p.lag.kind === 'known' ? String(p.lag.value) : p.lag.kind === 'absent' ? 'no commit' : `unknown: ${p.lag.reason}`,
    number(p.produceRate, '/s'),
    number(p.consumeRate, '/s'),
    p.owner ?? 'none known',
  ]);
  const more =
    partitions.length > worst.length ? `\n\n${partitions.length - worst.length} more are in the evidence.` : '';
  return table(['Topic', 'Partition', 'Lag', 'Arrival', 'Consumed', 'Owner'], rows, [1, 2, 3, 4]) + more;
}

function otherCauses({ others }: Diagnosis): string {
  const verdicts = { holds: 'fits too, but comes later: ', rejected: '', unknown: 'could not be told: ' };
  const rows = others.map(({ id, verdict, facts }) => [id, verdicts[verdict] + facts.map((f) => f.text).join('; ')]);
  return table(['Cause', 'Why not'], rows);
}

function actionText({ incident: { action }, plan, diagnosis }: ReportInput): string {
  const sizing = plan === undefined || diagnosis?.mayScale !== true ? [] : plan.facts.map(factText);
  if (action === undefined) return bullets(['Nothing was changed.', ...sizing]);
  const { service, lever, from, to, status, atMs } = action;
  const done = `${serviceName(service)}: ${from} → ${to} tasks by ${lever}, ${status}, at ${instant(atMs)}`;
  return bullets([done, ...sizing]);
}

function measured(before: Measurement, after: Measurement | undefined): string {
  const row = (name: string, value: (m: Measurement) => string) => [
    name,
    value(before),
    ...(after ? [value(after)] : []),
  ];
  return table(
    ['', after ? 'Before' : 'When diagnosed', ...(after ? ['After'] : [])],
    [
      row('measured at', (m) => instant(m.atMs)),
      row('lag, records', (m) => number(m.sumLag)),
      row('members', (m) => number(m.members)),
      row('arrival', (m) => number(m.produceRate, '/s')),
      row('consumed', (m) => number(m.consumeRate, '/s')),
      row('lag moves by', (m) => number(m.lagGrowthRate, '/s')),
    ],
    [1, 2],
  );
}

/** Step Functions hands a Lambda error's cause over as JSON text; its message is what people need. */
function causeText(cause: string | undefined): string {
  if (cause === undefined) return 'no cause given';
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage);
  } catch {
    // Not JSON: a text of the state machine itself.
  }
  return cause;
}
