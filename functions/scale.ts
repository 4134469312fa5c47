/** The only function that may change a service: scales it, or takes that back. */

import type { Part } from '../src/core/world.ts';
import { rollback, scale } from '../src/flows/scale.ts';
import { incidentsOf, scalerWithoutLoad, stateOf, worldOf } from './support/aws.ts';
import { defaultLogger, stepHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'state' | 'incidents' | 'scaler'>, logger = defaultLogger) =>
  stepHandler({ scale: (state) => scale(state, world()), rollback: (state) => rollback(state, world()) }, logger);

export const handler = createHandler(worldOf({ state: stateOf, incidents: incidentsOf, scaler: scalerWithoutLoad }));
