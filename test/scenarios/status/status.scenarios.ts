/**
 * The specification of partition statuses: what polls saw, the status, the rule that decides, and
 * why. The window is 5 minutes, and 600 records arrive per minute unless a title says otherwise. A
 * change of an old case needs a reason in the commit.
 */

import { BROKEN } from './broken.scenarios.ts';
import { GROWING } from './growing.scenarios.ts';
import type { StatusScenario } from './scenario.ts';
import { STANDING } from './standing.scenarios.ts';

export const STATUS_SCENARIOS: readonly StatusScenario[] = [...STANDING, ...BROKEN, ...GROWING];
