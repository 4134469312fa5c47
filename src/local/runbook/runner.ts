/**
 * Executes the shipped state machine with a third-party interpreter and the real handlers.
 * The time scale shortens only waits and pauses between retries.
 */
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Handler } from '#functions/support/handler.ts';
import { invoke } from './lambda.ts';

/** Most bytes between states. @see AWS Step Functions service quotas */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/** One step of an execution. */
export type RunbookEvent =
  | { readonly kind: 'entered'; readonly state: string; readonly type: string }
  | { readonly kind: 'left'; readonly state: string; readonly type: string; readonly output: unknown }
  | { readonly kind: 'caught'; readonly state: string; readonly error: string };

export interface RunnerOptions {
  /** The definition as synthesized, references resolved. */
  readonly definition: StateMachineDefinition;
  /** Name of the function behind each Task state. */
  readonly functionOfState: Readonly<Record<string, string>>;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Factor on each declared wait. */
  readonly timeScale: number;
}

export interface Execution {
  readonly name: string;
  /** The output; rejects when the execution fails or is aborted. */
  readonly result: Promise<unknown>;
  /** Kills the execution at once. */
  abort(): void;
  /** Bytes of the largest JSON between two states so far. */
  largestPayload(): number;
}

const machines = new WeakMap<StateMachineDefinition, StateMachine>();

/** The machine of a definition, which checks it once: a check takes longer than a short execution. */
function machineOf(definition: StateMachineDefinition): StateMachine {
  const known = machines.get(definition);
  if (known !== undefined) return known;
  const machine = new StateMachine(definition, { validationOptions: { checkArn: false } });
  machines.set(definition, machine);
  return machine;
}

/** Starts one execution. `onEvent` receives each step. */
export function startExecution(
  options: RunnerOptions,
  { name, input, onEvent = () => {} }: { name: string; input: unknown; onEvent?: (event: RunbookEvent) => void },
): Execution {
  const machine = machineOf(options.definition);
  const tooLarge = Promise.withResolvers<never>();
  const execution = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: taskHandlers(options, tooLarge.reject) as never,
      waitTimeOverrides: waits(options),
      retryIntervalOverrides: retryPauses(options),
    },
    context: { Execution: { Id: `local:${name}`, Name: name, StartTime: new Date().toISOString() } },
  });
  // Step Functions ends such an execution at once; no Catch sees it, not even States.ALL.
  tooLarge.promise.catch(() => execution.abort());
  let largest = Buffer.byteLength(JSON.stringify(input));
  const logs = follow(execution.eventLogs, (event) => {
    if (event.kind === 'left') largest = Math.max(largest, Buffer.byteLength(JSON.stringify(event.output)));
    onEvent(event);
  });
  const result = Promise.race([tooLarge.promise, execution.result]).finally(() => logs);
  execution.result.catch(() => {}); // the race reports it
  result.catch(() => {}); // the caller may await it later
  return { name, result, abort: () => execution.abort(), largestPayload: () => largest };
}

function taskHandlers({ definition, functionOfState, handlers }: RunnerOptions, refuse: (error: Error) => void) {
  const tasks = Object.entries(definition.States).filter(([, state]) => state.Type === 'Task');
  return Object.fromEntries(
    tasks.map(([state]) => {
      const name = functionOfState[state] ?? '';
      const handler = handlers[name];
      if (handler === undefined)
        throw new Error(`state ${state} calls function ${JSON.stringify(name)}, which has no handler`);
      const run = async (input: unknown) => {
        const output = await invoke(name, handler, input);
        const problem = sizeProblem(`input of ${state}`, input) ?? sizeProblem(`output of ${state}`, output);
        if (problem !== undefined) refuse(problem);
        return output;
      };
      return [state, run];
    }),
  );
}

function sizeProblem(what: string, value: unknown): Error | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(value ?? null));
  if (bytes <= MAX_PAYLOAD_BYTES) return undefined;
  const error = new Error(`${what} has ${bytes} bytes, allowed are ${MAX_PAYLOAD_BYTES}`);
  error.name = 'States.DataLimitExceeded';
  return error;
}

function waits({ definition, timeScale }: RunnerOptions): Record<string, number> {
  const states = Object.entries(definition.States).filter(([, state]) => state.Type === 'Wait');
  return Object.fromEntries(
    states.map(([name, state]) => {
      if (!('Seconds' in state) || state.Seconds === undefined) {
        throw new Error(`Wait state ${name} has no Seconds; the runner supports no other kind`);
      }
      return [name, state.Seconds * 1000 * timeScale];
    }),
  );
}

/** The first pause of each retrier, without backoff. */
function retryPauses({ definition, timeScale }: RunnerOptions): Record<string, number[]> {
  const states = Object.entries(definition.States).flatMap(([name, state]) =>
    'Retry' in state && state.Retry !== undefined ? [[name, state.Retry] as const] : [],
  );
  return Object.fromEntries(
    states.map(([name, retriers]) => [
      name,
      retriers.map(({ IntervalSeconds = 1 }) => IntervalSeconds * 1000 * timeScale),
    ]),
  );
}

interface LogEvent {
  readonly type: string;
  readonly state?: { readonly name: string; readonly type: string; readonly output?: unknown };
  readonly Error?: string;
  readonly Cause?: unknown;
}

async function follow(logs: AsyncIterable<unknown>, onEvent: (event: RunbookEvent) => void): Promise<void> {
  let lastError = '';
  for await (const entry of logs) {
    const { type, state, Error: error, Cause: cause } = entry as LogEvent;
    if (state === undefined) continue;
    if (type === 'StateEntered') onEvent({ kind: 'entered', state: state.name, type: state.type });
    if (type === 'StateExited') onEvent({ kind: 'left', state: state.name, type: state.type, output: state.output });
    if (type === 'StateFailed') lastError = `${error}: ${String(cause)}`;
    if (type === 'StateCaught') onEvent({ kind: 'caught', state: state.name, error: lastError });
  }
}
