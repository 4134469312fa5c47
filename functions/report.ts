/** Writes the incident report and tells people where it is. */

import type { Part } from '../src/core/world.ts';
import { report } from '../src/flows/report.ts';
import { base, incidentsOf, notifierOf, stateOf } from './support/aws.ts';
import { defaultLogger, once, stepHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'state' | 'incidents' | 'notifier'>, logger = defaultLogger) =>
  stepHandler({ report: (state) => report(state, world()) }, logger);

export const handler = createHandler(
  once(() => {
    const { settings, clock } = base();
    return {
      settings,
      clock,
      state: stateOf(settings),
      incidents: incidentsOf(settings),
      notifier: notifierOf(settings),
    };
  }),
);
