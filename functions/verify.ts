/** Checks whether a scaling took effect and helped. It changes nothing. */

import type { Ports } from '#core/world.ts';
import { converge, verify } from '#flows/runbook/verify.ts';
import { incidentsOf, scalerOf, stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, stepHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'state' | 'incidents' | 'scaler'>, logger = defaultLogger) =>
  stepHandler('verify', { converge, verify }, world, logger);

export const handler = createHandler(worldOf({ state: stateOf, incidents: incidentsOf, scaler: scalerOf }));
