import { createHash } from 'node:crypto';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  IncludedData,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RunbookRuns, RunState } from '#core/ports.ts';

export interface RunbookRunsOptions {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
}

/**
 * Executions of the runbook's state machine. The name comes from the key, and Step Functions
 * accepts a name once in 90 days. Throws the errors of Step Functions.
 */
export function createRunbookRuns({ client, stateMachineArn }: RunbookRunsOptions): RunbookRuns {
  return {
    async start(key, event) {
      const name = executionName(key);
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(event) }));
        return { kind: 'started', run: name };
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return { kind: 'exists', run: name };
        throw error;
      }
    },

    async stateOf(run) {
      try {
        const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${run}`;
        const command = new DescribeExecutionCommand({ executionArn, includedData: IncludedData.METADATA_ONLY });
        const { stopDate } = await client.send(command);
        return stopDate === undefined ? running : { kind: 'ended', atMs: stopDate.getTime() };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return { kind: 'unknown' };
        throw error;
      }
    },
  };
}

const running: RunState = { kind: 'running' };

/** Keys contain names from Kafka, but an execution name has at most 80 characters of few kinds. */
const executionName = (key: string): string => `reconcile-${createHash('sha256').update(key).digest('hex')}`;
