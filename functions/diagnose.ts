/** Finds the cause and decides what to do; changes nothing. */

import type { Part } from '../src/core/world.ts';
import { decide } from '../src/flows/decide.ts';
import { diagnose } from '../src/flows/diagnose.ts';
import { base, incidentsOf, scalerOf, stateOf } from './support/aws.ts';
import { defaultLogger, once, stepHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'state' | 'incidents' | 'scaler'>, logger = defaultLogger) =>
  stepHandler({ diagnose: (state) => diagnose(state, world()), decide: (state) => decide(state, world()) }, logger);

export const handler = createHandler(
  once(() => {
    const { settings, clock } = base();
    return { settings, clock, state: stateOf(settings), incidents: incidentsOf(settings), scaler: scalerOf() };
  }),
);
