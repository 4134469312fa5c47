/** Runs a state machine's definition with handlers for its tasks, and says where it went. */
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';

/** What a task gets, and what it answers; a thrown error's `name` is what Retry and Catch match. */
export type TaskHandler = (input: unknown) => unknown;

/** Where an execution went, and how it ended. */
export interface Trace {
  /** States entered, in order; a retried state counts once. */
  readonly visited: readonly string[];
  /** State names with one entry per retry. */
  readonly retried: readonly string[];
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** The execution's output; absent when it failed. */
  readonly output?: unknown;
  /** Error and cause of a failed execution. */
  readonly error?: { readonly name: string; readonly cause: unknown };
}

const machines = new WeakMap<StateMachineDefinition, StateMachine>();

/** The machine of a definition, which checks it once: a check takes longer than an execution. */
function machineOf(definition: StateMachineDefinition): StateMachine {
  const known = machines.get(definition);
  if (known !== undefined) return known;
  const machine = new StateMachine(definition);
  machines.set(definition, machine);
  return machine;
}

/** Executes a definition; waits and retries take no time. A task without a handler is an error. */
export async function execute(
  definition: StateMachineDefinition,
  input: Parameters<StateMachine['run']>[0],
  handlers: Readonly<Record<string, TaskHandler>>,
): Promise<Trace> {
  const names = Object.keys(definition.States);
  const noTime = Object.fromEntries(names.map((name) => [name, 0]));
  const tasks = names.map((name) => [name, (task: unknown) => (handlers[name] ?? missing(name))(task)] as const);
  const run = machineOf(definition).run(input, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(tasks) as Record<string, () => never>,
      waitTimeOverrides: noTime,
      retryIntervalOverrides: noTime,
    },
    context: { Execution: { Name: 'run-1' } },
  });
  run.result.catch(() => undefined); // the events have the error
  const visited: string[] = [];
  const retried: string[] = [];
  for await (const event of run.eventLogs) {
    if (event.type === 'StateEntered') visited.push(event.state.name);
    if (event.type === 'StateRetried') retried.push(event.state.name);
    if (event.type === 'ExecutionSucceeded') return { visited, retried, status: 'SUCCEEDED', output: event.output };
    if (event.type === 'ExecutionFailed') {
      return { visited, retried, status: 'FAILED', error: { name: event.Error, cause: event.Cause } };
    }
  }
  throw new Error('the execution ended without an end');
}

function missing(name: string): TaskHandler {
  throw new Error(`no handler for ${name}`);
}
