/** In the VPC: a fresh look at one group. */

import type { Part } from '../src/core/world.ts';
import { observe } from '../src/flows/observe.ts';
import { base, historyOf, incidentsOf, offsetsOf } from './support/aws.ts';
import { defaultLogger, once, stepHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'offsets' | 'history' | 'incidents'>, logger = defaultLogger) =>
  stepHandler({ observe: (state) => observe(state, world()) }, logger);

export const handler = createHandler(
  once(() => {
    const { settings, clock } = base();
    return {
      settings,
      clock,
      offsets: offsetsOf(settings),
      history: historyOf(settings),
      incidents: incidentsOf(settings),
    };
  }),
);
