/** Writes the incident report and sends people a message with its place. */

import type { Ports } from '#core/world.ts';
import { report } from '#flows/runbook/report.ts';
import { incidentsOf, notifierOf, stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, stepHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'state' | 'incidents' | 'notifier'>, logger = defaultLogger) =>
  stepHandler('report', { report }, world, logger);

export const handler = createHandler(worldOf({ state: stateOf, incidents: incidentsOf, notifier: notifierOf }));
