/** All causes in the order of the flowchart: the first that holds is the diagnosis. */
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

export const CAUSES: readonly Cause[] = [
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
];
