/** The result of one check. */

import { present } from '#core/text/json.ts';

/** `denied`: the login or a permission is missing. `unknown`: the check could not finish. */
export type CheckResult = 'ok' | 'denied' | 'unknown';

export interface Check {
  /** What was checked: `login`, `broker b-1:9096`, `groups`. */
  readonly name: string;
  readonly result: CheckResult;
  /** The finding. */
  readonly detail: string;
  /** What to do; absent when there is nothing to do. */
  readonly todo?: string;
}

export const passed = (name: string, detail: string): Check => ({ name, result: 'ok', detail });
export const failed = (name: string, result: 'denied' | 'unknown', detail: string, todo?: string): Check => ({
  name,
  result,
  detail,
  ...present({ todo }),
});
