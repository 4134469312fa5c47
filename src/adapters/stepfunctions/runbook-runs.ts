import { createHash } from 'node:crypto';
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { RunbookRuns } from '../../core/ports.ts';

export interface RunbookRunsOptions {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
}

/**
 * Starts executions of the runbook's state machine. The name is made of the key, and Step Functions runs a name once in 90 days.
 * Throws what Step Functions answers.
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
  };
}

/** Keys hold names from Kafka, and a name of Step Functions has 80 characters of few kinds. */
const executionName = (key: string): string => `reconcile-${createHash('sha256').update(key).digest('hex')}`;
