/** Exit codes of the command line. They are a contract with scripts. */
import { ERROR_NAMES } from '#core/errors.ts';

export const EXIT_CODES = {
  ok: 0,
  /** A wrong option or setting, or any other failure. */
  usage: 1,
  /** No broker answered, or the login was refused. */
  kafka: 2,
  /** A partial result, no match for the filters, or a missing permission. */
  partial: 3,
} as const;

/** The exit codes in the help. */
export const EXIT_CODES_HELP = `Exit codes:
  0  everything was read; the demo ended as expected
  1  wrong usage or settings; a scenario of the demo did not end as expected
  2  no broker answered, or the login was refused
  3  partial result, no match for the filters, or a missing permission`;

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  const name = error instanceof Error ? error.name : '';
  const isKafka = name === ERROR_NAMES.kafkaUnreachable || name === ERROR_NAMES.kafkaAuth;
  return isKafka ? EXIT_CODES.kafka : EXIT_CODES.usage;
}
