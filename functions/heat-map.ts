/** Called by the dashboard, outside the VPC: returns a heat map of a group's lag as HTML. */
import type { Ports } from '#core/world.ts';
import { heatMap } from '#flows/heat-map.ts';
import { historyOf, stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, widgetHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'history' | 'state'>, logger = defaultLogger) =>
  widgetHandler((event, endpoint) => heatMap(event, endpoint, world()), logger);

export const handler = createHandler(worldOf({ history: historyOf, state: stateOf }));
