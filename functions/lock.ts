/** Takes and releases the locks of a run. */

import type { Ports } from '#core/world.ts';
import { lock, unlock } from '#flows/runbook/lock.ts';
import { stateOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, lockHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => Ports<'state'>, logger = defaultLogger) =>
  lockHandler({ lock, unlock }, world, logger);

export const handler = createHandler(worldOf({ state: stateOf }));
