import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { STEPS, type StepFunctionName } from '#core/runbook/messages.ts';
import { BROKER_READER_MEMORY, brokerTimeout } from '#lib/functions/poller.ts';
import { type FunctionDefaults, type NetworkPlacement, WatcherFunction } from '#lib/functions/watcher-function.ts';

export interface RunbookFunctionsProps extends FunctionDefaults {
  /** Only for `observe`, which reads the brokers. */
  readonly network: NetworkPlacement;
}

/** The functions that serve the steps of the runbook, one for each set of permissions. */
export class RunbookFunctions extends Construct {
  readonly byName: Readonly<Record<StepFunctionName, WatcherFunction>>;

  constructor(scope: Construct, id: string, { network, ...defaults }: RunbookFunctionsProps) {
    super(scope, id);
    const rows = Object.entries(STEPS).map(([step, { function: name, does }]) => ({ name, text: `${step}: ${does}` }));
    const made = [...Map.groupBy(rows, ({ name }) => name)].map(([name, steps]) => {
      const description = `Runbook, ${steps.map(({ text }) => text).join('; ')}`;
      return [name, this.newFunction({ ...defaults, name, description }, network)] as const;
    });
    this.byName = Object.fromEntries(made) as Record<StepFunctionName, WatcherFunction>;
  }

  private newFunction(
    props: FunctionDefaults & { readonly name: StepFunctionName; readonly description: string },
    network: NetworkPlacement,
  ): WatcherFunction {
    const { name, settings } = props;
    const id = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    if (name !== 'observe') return new WatcherFunction(this, id, { ...props, timeout: Duration.seconds(30) });
    const timeout = brokerTimeout(settings.kafkaTimeoutSeconds);
    return new WatcherFunction(this, id, { ...props, timeout, memorySize: BROKER_READER_MEMORY, network });
  }
}
