/** The demo's output: lines of seconds since the start, kind and text. */

import { colors } from '#cli/terminal/colors.ts';
import { escapeControl } from '#cli/terminal/render.ts';
import type { ScenarioOutcome } from '#local/scenarios/outcome.ts';

/** What is real in the demo, and what is a stand-in. */
export const INTRODUCTION: readonly string[] = [
  "Real here: Kafka and its protocol, the producer and the consumers (a process each), the functions' handlers, the metrics'",
  "  EMF documents, the alarm and the rule as synthesized, the state machine's definition as synthesized, run by",
  '  aws-local-stepfunctions.',
  'Twins: CloudWatch (stores the metrics, evaluates the alarm), EventBridge and its Scheduler, Lambda, S3 (files), DynamoDB and',
  '  SNS (memory), ECS (starts and stops the consumer processes). Not shown: IAM, VPC, MSK login.',
];

const COLORS: Readonly<Record<string, (text: string) => string>> = {
  poll: colors.dim,
  alarm: colors.yellow,
  runbook: colors.cyan,
  result: colors.bold,
};

/** Writes to stdout. */
export class Output {
  readonly #startedAtMs = Date.now();

  /** Writes one event. */
  line(kind: string, text: string): void {
    const seconds = ((Date.now() - this.#startedAtMs) / 1000).toFixed(1).padStart(6);
    const color = COLORS[kind] ?? ((plain: string) => plain);
    process.stdout.write(`${color(`${seconds}s  ${kind.padEnd(8)} ${escapeControl(text)}`)}\n`);
  }

  /** Writes lines as they are. */
  lines(texts: readonly string[]): void {
    for (const text of texts) process.stdout.write(`${text}\n`);
  }

  heading(title: string, text: string): void {
    process.stdout.write(`\n${colors.bold(title)}: ${text}\n\n`);
  }
}

/** How a scenario ended, point by point. */
export function outcomeLines({ ok, checks, reportFile }: ScenarioOutcome): string[] {
  const points = checks.map((check) => {
    const mark = check.ok ? colors.green('ok  ') : colors.red('FAIL');
    return `  ${mark} ${check.what}: ${check.got}${check.ok ? '' : `, expected ${check.expected}`}`;
  });
  const report = reportFile === undefined ? [] : [`  incident report: ${reportFile}`];
  return ['', ok ? colors.green('Ended as expected:') : colors.red('Did not end as expected:'), ...points, ...report];
}
