/**
 * The specification of partition statuses: what polls saw, the status, the rule that decides, and why. The window is 5
 * minutes, and 600 records arrive a minute unless told otherwise. Changing an old case needs a reason in the commit.
 */
import type { Ownership } from '../../src/core/status/facts.ts';
import type { PartitionStatusKind } from '../../src/core/status/rules.ts';
import type { SeenPoll } from '../support/status.ts';
import { BROKEN } from './status-broken.scenarios.ts';
import { GROWING } from './status-growing.scenarios.ts';
import { STANDING } from './status-standing.scenarios.ts';

export interface StatusScenario {
  readonly title: string;
  readonly polls: readonly SeenPoll[];
  /** Left out: a member owns the partition. */
  readonly ownership?: Ownership;
  readonly status: PartitionStatusKind;
  readonly rule: string;
  /** Minute since which it is so. */
  readonly since?: number;
  readonly evidence?: Readonly<Record<string, number>>;
}

export const STATUS_SCENARIOS: readonly StatusScenario[] = [...STANDING, ...BROKEN, ...GROWING];
