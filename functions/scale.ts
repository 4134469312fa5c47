/** Scales a service, or rolls the scaling back. */

import type { Ports } from '#core/world.ts';
import { rollback, scale } from '#flows/runbook/scale.ts';
import { incidentsOf, scalerWithoutLoad, stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, stepHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'state' | 'incidents' | 'scaler'>, logger = defaultLogger) =>
  stepHandler('scale', { scale, rollback }, world, logger);

export const handler = createHandler(worldOf({ state: stateOf, incidents: incidentsOf, scaler: scalerWithoutLoad }));
