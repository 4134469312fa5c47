/** In the VPC: a fresh look at one group. */

import type { Part } from '../src/core/world.ts';
import { observe } from '../src/flows/observe.ts';
import { historyOf, incidentsOf, worldOf } from './support/aws.ts';
import { offsetsOf } from './support/brokers.ts';
import { defaultLogger, stepHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'offsets' | 'history' | 'incidents'>, logger = defaultLogger) =>
  stepHandler({ observe: (state) => observe(state, world()) }, logger);

export const handler = createHandler(worldOf({ offsets: offsetsOf, history: historyOf, incidents: incidentsOf }));
