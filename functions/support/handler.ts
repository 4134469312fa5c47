/**
 * What surrounds every function: context in the log, a check of the event against its schema, then
 * the flow.
 */
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
  type StepFunctionName,
  type StepOf,
  type StepResult,
  stepInputSchema,
} from '#core/runbook/messages.ts';
import { shorten } from '#core/text/text.ts';

/** What Lambda calls, and what the local stand calls in its place. */
export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * One line per invocation in the function's log. It never holds a whole event: names in it come
 * from Kafka.
 */
export const defaultLogger = new Logger({ serviceName: 'msk-lag-watcher' });

type Flow<W, Input = RunbookState, Result = unknown> = (input: Input, world: W) => Promise<Result>;

/** The flows of a function by step: the table of steps says which it must serve. */
type StepFlows<F extends StepFunctionName, W> = {
  readonly [S in Exclude<StepOf<F>, 'lock'>]: Flow<W, RunbookState, StepResult<S>>;
};

/** A function that serves steps of the runbook. It refuses steps that are not its own. */
export function stepHandler<F extends StepFunctionName, W>(
  name: F,
  flows: StepFlows<F, W>,
  world: () => W,
  logger: Logger,
): Handler {
  return chain(stepInputSchema, logger, async ({ step, state }) => {
    const flow = (flows as Readonly<Record<string, Flow<W>>>)[step];
    if (flow === undefined) throw new RangeError(`function ${name} does not serve step ${step}`);
    const { groupId: group = '', incidentId: incident = '' } = state.run ?? {};
    return logged(logger, { step, group, incident }, () => flow(state, world()));
  });
}

/** The function that takes and releases locks: the only one that receives the alarm's event. */
export function lockHandler<W>(
  { lock, ...flows }: StepFlows<'lock', W> & { readonly lock: Flow<W, LockInput> },
  world: () => W,
  logger: Logger,
): Handler {
  const others = stepHandler<'lock', W>('lock', flows, world, logger);
  return chain(z.union([lockInputSchema, stepInputSchema]), logger, async (input, context) => {
    if (!('event' in input)) return others(input, context);
    return logged(logger, { step: 'lock', execution: input.executionName }, () => lock(input, world()));
  });
}

/** A function that takes no input. The flow receives the id of the invocation. */
export function tickHandler(
  step: 'poll' | 'discover' | 'reconcile',
  flow: (invocation: string) => Promise<Readonly<Record<string, unknown>>>,
  logger: Logger,
): Handler {
  return chain(z.unknown(), logger, (_, { awsRequestId }) => logged(logger, { step }, () => flow(awsRequestId)));
}

/**
 * A function that a dashboard calls for a custom widget. The text that it returns holds names and
 * is not logged.
 */
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

/** Keeps the value of the first call: adapters are made once per sandbox, at the first event. */
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
    // The message travels between the states of the runbook. The log has all of it.
    if (error instanceof Error) error.message = shorten(error.message);
    throw error;
  }
}
