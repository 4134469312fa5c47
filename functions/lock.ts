/** Takes and gives back the locks of a run. */

import type { Part } from '../src/core/world.ts';
import { lock, unlock } from '../src/flows/lock.ts';
import { base, stateOf } from './support/aws.ts';
import { defaultLogger, lockHandler, once } from './support/handler.ts';

export const createHandler = (world: () => Part<'state'>, logger = defaultLogger) =>
  lockHandler((input) => lock(input, world()), { unlock: (state) => unlock(state, world()) }, logger);

export const handler = createHandler(
  once(() => {
    const { settings, clock } = base();
    return { settings, clock, state: stateOf(settings) };
  }),
);
