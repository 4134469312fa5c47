/** Called by the dashboard, outside the VPC: answers with a heat map of a group's lag as HTML. */
import type { Part } from '../src/core/world.ts';
import { heatMap } from '../src/flows/heat-map.ts';
import { base, historyOf, stateOf } from './support/aws.ts';
import { defaultLogger, once, widgetHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'history' | 'state'>, logger = defaultLogger) =>
  widgetHandler((event, endpoint) => heatMap(event, endpoint, world()), logger);

export const handler = createHandler(
  once(() => {
    const { settings, clock } = base();
    return { settings, clock, history: historyOf(settings), state: stateOf(settings) };
  }),
);
