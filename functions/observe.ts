/** In the VPC: reads one group for the runbook. */

import type { Ports } from '#core/world.ts';
import { observe } from '#flows/runbook/observe.ts';
import { historyOf, incidentsOf, worldOf } from '#functions/support/aws.ts';
import { offsetsOf } from '#functions/support/brokers.ts';
import { defaultLogger, stepHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'offsets' | 'history' | 'incidents'>, logger = defaultLogger) =>
  stepHandler('observe', { observe }, world, logger);

export const handler = createHandler(worldOf({ offsets: offsetsOf, history: historyOf, incidents: incidentsOf }));
