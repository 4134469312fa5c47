import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandInput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  type StartExecutionCommandInput,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, expect, it } from 'vitest';
import { createRunbookRuns } from '#adapters/stepfunctions/runbook-runs.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';
import { MemoryRuns } from '#local/twins/runbook-runs.ts';
import { alarmEvent } from '#test/support/runbook/runbook-world.ts';
import { runbookRunsContract } from './runbook-runs.contract.ts';

runbookRunsContract('in memory', () => {
  const runs = new MemoryRuns();
  return {
    runs,
    started: () => runs.started,
    begin: (run) => runs.began(run),
    end: (run, atMs) => runs.ended(run, atMs),
  };
});

const stateMachineArn = 'arn:aws:states:us-east-1:111122223333:stateMachine:runbook';
const client = new SFNClient({ region: 'us-east-1' });
const sfn = mockClient(client);
const runs = createRunbookRuns({ client, stateMachineArn });
afterAll(() => sfn.restore());

/** Executions by name, as Step Functions takes them. */
function stepFunctions() {
  const started = new Map<string, AlarmEvent>();
  const executions = new Map<string, { startDate: Date; status: 'RUNNING' | 'ABORTED'; stopDate?: Date }>();
  const begin = (name: string) => {
    executions.set(name, { startDate: new Date(), status: 'RUNNING' });
  };
  const end = (name: string, atMs: number) => {
    executions.set(name, { startDate: new Date(0), status: 'ABORTED', stopDate: new Date(atMs) });
  };
  sfn.reset();
  sfn.onAnyCommand().rejects('Step Functions was not taught this');
  sfn.on(StartExecutionCommand).callsFake(({ name = '', input = '', ...rest }: StartExecutionCommandInput) => {
    expect(rest).toEqual({ stateMachineArn });
    // Its own rule of names is wider; these are safe wherever the name is shown.
    expect(name).toMatch(/^[\w-]{1,80}$/);
    if (started.has(name)) throw new ExecutionAlreadyExists({ $metadata: {}, message: 'Execution Already Exists' });
    started.set(name, JSON.parse(input));
    begin(name);
    return { executionArn: `${stateMachineArn}:${name}`, startDate: new Date() };
  });
  sfn.on(DescribeExecutionCommand).callsFake(({ executionArn = '', ...rest }: DescribeExecutionCommandInput) => {
    expect(rest).toEqual({ includedData: 'METADATA_ONLY' });
    const [, name = ''] = executionArn.split('arn:aws:states:us-east-1:111122223333:execution:runbook:');
    const execution = executions.get(name);
    if (execution === undefined)
      throw new ExecutionDoesNotExist({ $metadata: {}, message: 'Execution Does Not Exist' });
    return { executionArn, stateMachineArn, ...execution };
  });
  return { runs, started: () => started, begin, end };
}

runbookRunsContract('of Step Functions', stepFunctions);

it('what else Step Functions answers is thrown', async () => {
  stepFunctions();
  sfn.on(StartExecutionCommand).rejects(new StateMachineDoesNotExist({ $metadata: {}, message: 'gone' }));

  sfn.on(DescribeExecutionCommand).rejects(new StateMachineDoesNotExist({ $metadata: {}, message: 'gone' }));

  await expect(runs.start('key', alarmEvent())).rejects.toThrow('gone');
  await expect(runs.stateOf('run')).rejects.toThrow('gone');
});
