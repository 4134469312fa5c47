/** Exit codes of the command line: a contract with scripts. */
import { ERROR_NAMES } from '#core/errors.ts';

export const EXIT_CODES = {
  ok: 0,
  /** A flag, a setting, or anything else that is not one of the others. */
  usage: 1,
  /** No broker answered, or the login was refused. */
  kafka: 2,
  /** Something was answered; a part of it is unknown or not there, or filters let nothing through. */
  partial: 3,
} as const;

/** The same, for the help. */
export const EXIT_CODES_HELP = `Exit codes:
  0  all was read; the demo ended as told
  1  wrong usage or settings; a scenario of the demo did not end as told
  2  no broker answered, or the login was refused
  3  something could not be read: it is unknown, denied, or not there, or filters let nothing through`;

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  const name = error instanceof Error ? error.name : '';
  const isKafka = name === ERROR_NAMES.kafkaUnreachable || name === ERROR_NAMES.kafkaAuth;
  return isKafka ? EXIT_CODES.kafka : EXIT_CODES.usage;
}
