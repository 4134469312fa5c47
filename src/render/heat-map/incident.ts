/**
 * The newest incident of a group, with links into the AWS consoles made from checked parts alone.
 */
import type { Incident } from '#core/runbook/incident.ts';
import { isOfReconcile, lastEventOf } from '#core/runbook/reconcile.ts';
import { present } from '#core/text/json.ts';
import type { HeatMapIncident, HeatMapLink } from './input.ts';

const OUTCOMES: Readonly<Record<NonNullable<Incident['outcome']>, string>> = {
  recovered: 'recovered after a scaling',
  'not-scaled': 'nothing was scaled',
  'rolled-back': 'a scaling did not help and was rolled back',
  'not-helped': 'a scaling did not help',
  failed: 'the run failed',
};

/** Where the consoles are: in the partition and Region of the state machine. */
export interface Console {
  readonly stateMachineArn: string;
  readonly bucket: string;
}

/**
 * The incident with links to its run and report, as far as they exist. Without `place` there are no
 * links.
 */
export function shownIncident(incident: Incident, place: Console | undefined): HeatMapIncident {
  const { status, openedAtMs, outcome } = incident;
  const last = lastEventOf(incident);
  // A run reports last. When a run died, reconcile records what became of it.
  const ended = last.step === 'report' ? outcome && OUTCOMES[outcome] : undefined;
  const shown = isOfReconcile(last) ? last.text : ended;
  const links = place === undefined ? [] : linksOf(place, incident);
  return { status, openedAtMs, ...present({ outcome: shown }), links };
}

const STATE_MACHINE =
  /^arn:(aws|aws-cn|aws-us-gov):states:([a-z]{2,4}(?:-[a-z]+)+-\d{1,2}):(\d{12}):stateMachine:([\w-]{1,80})$/;
const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'aws.amazon.com',
  'aws-cn': 'amazonaws.cn',
  'aws-us-gov': 'amazonaws-us-gov.com',
};

/** Empty when the ARN is not one of a state machine. */
function linksOf({ stateMachineArn, bucket }: Console, { runId, reportKey }: Incident): HeatMapLink[] {
  const [, partition = '', region = '', account = '', name = ''] = STATE_MACHINE.exec(stateMachineArn) ?? [];
  const domain = DOMAINS[partition];
  if (domain === undefined) return [];
  const origin = `https://${region}.console.${domain}`;
  const links: HeatMapLink[] = [];
  if (runId !== undefined) {
    const execution = `arn:${partition}:states:${region}:${account}:execution:${name}:${encoded(runId)}`;
    const href = `${origin}/states/home?region=${region}#/v2/executions/details/${execution}`;
    links.push({ text: 'run of the runbook', href });
  }
  if (reportKey !== undefined) {
    const href = `${origin}/s3/object/${encoded(bucket)}?region=${region}&prefix=${encoded(reportKey)}`;
    links.push({ text: 'report', href });
  }
  return links;
}

/** Percent-encoded. Unpaired surrogates, which cannot be encoded, are replaced. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
