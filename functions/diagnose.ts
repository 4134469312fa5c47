/** Finds the cause and decides what to do. It changes nothing. */

import type { Ports } from '#core/world.ts';
import { decide } from '#flows/runbook/decide.ts';
import { diagnose } from '#flows/runbook/diagnose.ts';
import { incidentsOf, scalerOf, stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, stepHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'state' | 'incidents' | 'scaler'>, logger = defaultLogger) =>
  stepHandler('diagnose', { diagnose, decide }, world, logger);

export const handler = createHandler(worldOf({ state: stateOf, incidents: incidentsOf, scaler: scalerOf }));
