/** One thing that a self-check looked at. */

import { present } from '#core/text/json.ts';

/** `denied`: the login or a right is lacking. `unknown`: it could not be found out, or not all of it. */
export type CheckResult = 'ok' | 'denied' | 'unknown';

export interface Check {
  /** What was looked at: `login`, `broker b-1:9096`, `groups`. Names in it come from Kafka. */
  readonly name: string;
  readonly result: CheckResult;
  /** What was found. */
  readonly detail: string;
  /** What to do; absent when there is nothing to do. */
  readonly todo?: string;
}

/** A thing that is as it should be. */
export const fine = (name: string, detail: string): Check => ({ name, result: 'ok', detail });
/** A thing that is not. */
export const wanting = (name: string, result: 'denied' | 'unknown', detail: string, todo?: string): Check => ({
  name,
  result,
  detail,
  ...present({ todo }),
});
