/** Judges whether a scaling took hold and helped; changes nothing. */

import type { Part } from '../src/core/world.ts';
import { converge, verify } from '../src/flows/verify.ts';
import { base, incidentsOf, scalerOf, stateOf } from './support/aws.ts';
import { defaultLogger, once, stepHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'state' | 'incidents' | 'scaler'>, logger = defaultLogger) =>
  stepHandler({ converge: (state) => converge(state, world()), verify: (state) => verify(state, world()) }, logger);

export const handler = createHandler(
  once(() => {
    const { settings, clock } = base();
    return { settings, clock, state: stateOf(settings), incidents: incidentsOf(settings), scaler: scalerOf() };
  }),
);
