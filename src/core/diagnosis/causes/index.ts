/** All causes in the order of the flowchart. The first that holds is the diagnosis. */
import type { Cause } from './cause.ts';
import { deploymentInProgress } from './deployment-in-progress.ts';
import { fetchConfig } from './fetch-config.ts';
import { hotPartition } from './hot-partition.ts';
import { insufficientConsumers } from './insufficient-consumers.ts';
import { noMembers } from './no-members.ts';
import { producerChange } from './producer-change.ts';
import { rebalanceStorm } from './rebalance-storm.ts';
import { slowProcessing } from './slow-processing.ts';
import { stable } from './stable.ts';
import { unexplained } from './unexplained.ts';
import { unreadable } from './unreadable.ts';

export const CAUSES = [
  unreadable,
  noMembers,
  deploymentInProgress,
  stable,
  producerChange,
  slowProcessing,
  insufficientConsumers,
  fetchConfig,
  hotPartition,
  rebalanceStorm,
  unexplained,
] as const satisfies readonly Cause[];

/** Stable ids, as reports and docs/runbook.md name the causes. */
export type CauseId = (typeof CAUSES)[number]['id'];

/** The ids in the order of the flowchart. */
export const CAUSE_IDS: readonly CauseId[] = CAUSES.map(({ id }) => id);
