import type { Ownership } from '#core/status/facts.ts';
import type { PartitionStatusKind } from '#core/status/rules.ts';
import type { SeenPoll } from '#test/support/groups/status.ts';

export interface StatusScenario {
  readonly title: string;
  readonly polls: readonly SeenPoll[];
  /** Left out: a member owns the partition. */
  readonly ownership?: Ownership;
  readonly status: PartitionStatusKind;
  readonly rule: string;
  /** Minute at which the rule began to match. */
  readonly since?: number;
  readonly evidence?: Readonly<Record<string, number>>;
}
