/** Stand-in for the Lambda service: calls a handler with JSON in, JSON out, and a context. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Handler } from '#functions/support/handler.ts';

/** Timeout of a function, for `getRemainingTimeInMillis`. */
const TIMEOUT_MS = 45_000;

/** Invokes a handler. Only what JSON can hold passes. @throws what the handler throws */
export async function invoke(name: string, handler: Handler, event: unknown): Promise<unknown> {
  const result = await handler(overTheWire(event), contextFor(name));
  return overTheWire(result);
}

function overTheWire(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function contextFor(name: string): Context {
  const startedAtMs = Date.now();
  const unsupported = () => {
    throw new Error('callback-style handlers are not supported; return a promise');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:111122223333:function:${name}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, startedAtMs + TIMEOUT_MS - Date.now()),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}
