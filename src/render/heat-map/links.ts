/** Addresses in the consoles of AWS, made from checked parts alone. */
import type { HeatMapLink } from './input.ts';

const STATE_MACHINE =
  /^arn:(aws|aws-cn|aws-us-gov):states:([a-z]{2,4}(?:-[a-z]+)+-\d{1,2}):(\d{12}):stateMachine:([\w-]{1,80})$/;
const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'aws.amazon.com',
  'aws-cn': 'amazonaws.cn',
  'aws-us-gov': 'amazonaws-us-gov.com',
};

/** Where the consoles are: in the partition and Region of the state machine. */
export interface Console {
  readonly stateMachineArn: string;
  readonly bucket: string;
}

/** The console's page of a run; undefined where the ARN is none of a state machine. */
export function runLink({ stateMachineArn }: Console, runId: string): HeatMapLink | undefined {
  const arn = partsOf(stateMachineArn);
  if (arn === undefined) return undefined;
  const execution = `arn:${arn.partition}:states:${arn.region}:${arn.account}:execution:${arn.name}`;
  const href = `${arn.origin}/states/home?region=${arn.region}#/v2/executions/details/${execution}:${encoded(runId)}`;
  return { text: 'run of the runbook', href };
}

/** The console's page of an object; undefined where the Region cannot be told. */
export function objectLink({ stateMachineArn, bucket }: Console, key: string): HeatMapLink | undefined {
  const arn = partsOf(stateMachineArn);
  if (arn === undefined) return undefined;
  const href = `${arn.origin}/s3/object/${encoded(bucket)}?region=${arn.region}&prefix=${encoded(key)}`;
  return { text: 'report', href };
}

function partsOf(stateMachineArn: string) {
  const [, partition = '', region = '', account = '', name = ''] = STATE_MACHINE.exec(stateMachineArn) ?? [];
  const domain = DOMAINS[partition];
  if (domain === undefined) return undefined;
  return { partition, region, account, name, origin: `https://${[region, 'console', domain].join('.')}` };
}

/** Percent-encoded; halves of characters, which nothing encodes, are replaced. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
