/** The chain around every function: context in the log, the event checked against its schema, then the flow. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import {
  type LockInput,
  lockInputSchema,
  type RunbookState,
  type Step,
  stepInputSchema,
} from '#core/runbook/messages.ts';
import { shorten } from '#core/text/text.ts';

/** What Lambda calls, and what the local stand calls in its place. */
export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** One line per invocation in the function's log; never an event as a whole, whose names come from Kafka. */
export const defaultLogger = new Logger({ serviceName: 'msk-lag-watcher' });

/** Flows by the step they serve. */
export type StepFlows = Partial<Record<Exclude<Step, 'lock'>, (state: RunbookState) => Promise<unknown>>>;

/** A function that serves some steps of the runbook. A step that it does not serve is refused. */
export function stepHandler(flows: StepFlows, logger: Logger): Handler {
  return chain(stepInputSchema, logger, async ({ step, state }) => {
    const flow = step === 'lock' ? undefined : flows[step];
    if (flow === undefined) throw new RangeError(`this function does not serve step ${step}`);
    return logged(logger, { step, group: state.run?.groupId ?? '', incident: state.run?.incidentId ?? '' }, () =>
      flow(state),
    );
  });
}

/** The function that takes and gives back locks: the only one that gets the alarm's event. */
export function lockHandler(lock: (input: LockInput) => Promise<unknown>, flows: StepFlows, logger: Logger): Handler {
  const others = stepHandler(flows, logger);
  return chain(z.union([lockInputSchema, stepInputSchema]), logger, async (input, context) => {
    if (!('event' in input)) return others(input, context);
    return logged(logger, { step: 'lock', execution: input.executionName }, () => lock(input));
  });
}

/** A function that takes no input; the flow gets the id of its invocation. */
export function tickHandler(
  step: 'poll' | 'discover' | 'reconcile',
  flow: (invocation: string) => Promise<Readonly<Record<string, unknown>>>,
  logger: Logger,
): Handler {
  return chain(z.unknown(), logger, (_, { awsRequestId }) => logged(logger, { step }, () => flow(awsRequestId)));
}

/** A function that a dashboard calls for a custom widget: it answers a text. The text, with all its names, is not logged. */
export function widgetHandler(
  flow: (event: unknown, endpoint: string) => Promise<{ readonly text: string; readonly shown: string }>,
  logger: Logger,
): Handler {
  return chain(z.unknown(), logger, async (event, { invokedFunctionArn }) => {
    let text = '';
    await logged(logger, { step: 'heat-map' }, async () => {
      const answer = await flow(event, invokedFunctionArn);
      text = answer.text;
      return { shown: answer.shown, characters: text.length };
    });
    return text;
  });
}

/** The value of the first call, kept: adapters are made once per sandbox, at the first event. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function chain<T extends z.ZodType>(
  schema: T,
  logger: Logger,
  run: (input: z.output<T>, context: Context) => Promise<unknown>,
): Handler {
  const handler = middy<unknown, unknown>()
    .use(injectLambdaContext(logger))
    .use(parser({ schema }))
    .handler(async (event, context) => run(event as z.output<T>, context));
  return (event, context) => handler(event, context);
}

async function logged<T>(logger: Logger, keys: Readonly<Record<string, string>>, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    logger.info('done', { ...keys, result });
    return result;
  } catch (error) {
    logger.error('failed', { ...keys, error });
    // The message travels on between the states of the runbook; the whole of it is in the log now.
    if (error instanceof Error) error.message = shorten(error.message);
    throw error;
  }
}
