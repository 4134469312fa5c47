/** Takes and gives back the locks of a run. */

import type { Part } from '../src/core/world.ts';
import { lock, unlock } from '../src/flows/lock.ts';
import { stateOf, worldOf } from './support/aws.ts';
import { defaultLogger, lockHandler } from './support/handler.ts';

export const createHandler = (world: () => Part<'state'>, logger = defaultLogger) =>
  lockHandler((input) => lock(input, world()), { unlock: (state) => unlock(state, world()) }, logger);

export const handler = createHandler(worldOf({ state: stateOf }));
