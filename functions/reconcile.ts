/**
 * Every few minutes, outside the VPC: starts the runs that no event started, and restores capacity
 * that a dead run left raised.
 */

import type { Reconciliation } from '#core/runbook/reconcile.ts';
import { type ReconcileWorld, reconcile } from '#flows/reconcile/reconcile.ts';
import { alarmsOf, notifierOf, runsOf, scalerWithoutLoad, stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, tickHandler } from '#functions/support/handler.ts';

/** Groups and services in the log line. A hundred groups may be in ALARM. */
const MAX_SHOWN = 20;

export const createHandler = (world: () => ReconcileWorld, logger = defaultLogger) =>
  tickHandler(
    'reconcile',
    async (invocation) => {
      const { done, nameless, partial } = await reconcile(world(), invocation);
      const isSkipped = ({ action }: Reconciliation) => action === 'skipped';
      const sorted = done.toSorted((a, b) => Number(isSkipped(a)) - Number(isSkipped(b)));
      const shown = sorted.slice(0, MAX_SHOWN);
      return { done: shown, more: done.length - shown.length, nameless: nameless.slice(0, MAX_SHOWN), partial };
    },
    logger,
  );

export const handler = createHandler(
  worldOf({ state: stateOf, alarms: alarmsOf, runs: runsOf, scaler: scalerWithoutLoad, notifier: notifierOf }),
);
