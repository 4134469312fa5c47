import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CfnResource, type Duration, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';
import { SETTINGS_ENV, type Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import type { WatchedResources } from './permissions.ts';
import { type FunctionName, RIGHTS } from './rights.ts';

/** Environment variable with the folder of the bundles, where that is not `dist/functions`. */
export const FUNCTIONS_ENV = 'LAG_WATCHER_FUNCTIONS';

/** Where a function that reaches the brokers runs. */
export interface NetworkPlacement {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.ISecurityGroup;
}

/** What all functions of one watcher share. */
export interface FunctionDefaults {
  /** Texts in it may be tokens. */
  readonly settings: Settings;
  /** What functions read and change. Their settings name it, and their rights allow it. */
  readonly resources: WatchedResources;
  /** Folder with `<name>/index.mjs` for each function. */
  readonly functionsDir: string;
  readonly logRetention: logs.RetentionDays;
}

export interface WatcherFunctionProps extends FunctionDefaults {
  readonly name: FunctionName;
  readonly description: string;
  readonly timeout: Duration;
  /**
   * In MB.
   *
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * Only for functions that read the brokers.
   *
   * @default - outside any VPC
   */
  readonly network?: NetworkPlacement;
  /** @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Age at which Lambda drops an asynchronous event, without a retry.
   *
   * @default - Lambda's own: something calls the function synchronously
   */
  readonly maxEventAge?: Duration;
}

/**
 * One Lambda function of the watcher, from a bundle that exists before synth. It has a role of its
 * own, with the rights of its name in the table `RIGHTS`.
 *
 * @throws Error when the bundle does not exist
 */
export class WatcherFunction extends Construct {
  readonly function: lambda.Function;
  private readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: WatcherFunctionProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: props.logRetention });
    logGroup.grantWrite(this.role);
    if (props.network) this.allowNetworkInterfaces();
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      code: lambda.Code.fromAsset(bundleOf(props)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: { [SETTINGS_ENV]: Stack.of(this).toJsonString(namedSettings(props)) },
      ...networkOf(props.network),
      ...present({ reservedConcurrentExecutions: props.reservedConcurrentExecutions }),
      ...(props.maxEventAge === undefined ? {} : { retryAttempts: 0, maxEventAge: props.maxEventAge }),
    });
    (this.function.node.defaultChild as CfnResource).addMetadata(FUNCTION_METADATA, props.name);
    if (props.network) this.denyNetworkInterfacesToCode();
    const context = { ...props.resources, settings: props.settings, stack: Stack.of(this) };
    for (const statement of RIGHTS[props.name].flatMap((grant) => grant(context))) this.allow(statement);
  }

  private allow(statement: iam.PolicyStatementProps): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement(statement));
  }

  private allowNetworkInterfaces(): void {
    this.allow({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      // Lambda creates the interfaces under this role before they have an ARN, and the describing
      // actions have no resource types.
      resources: ['*'],
    });
  }

  /** Lambda itself needs these permissions in the role. The function's code does not. */
  private denyNetworkInterfacesToCode(): void {
    const deny = new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:DetachNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': this.function.functionArn } },
    });
    // A policy of its own: in the role's policy it would need the function, which needs the role.
    new iam.Policy(this, 'NoNetworkInterfacesForCode', { statements: [deny], roles: [this.role] });
  }
}

/** Settings with the names of the resources. */
function namedSettings({ settings, resources: { storage, stateMachine } }: FunctionDefaults): Settings {
  return {
    ...settings,
    historyBucket: storage.bucket.bucketName,
    stateTable: storage.table.tableName,
    topicArn: storage.topic.topicArn,
    ...present({ stateMachineArn: stateMachine?.stateMachineArn }),
  };
}

/** Folder of the bundles: the environment's, or else `dist/functions` of this package. */
export const defaultFunctionsDir = (): string =>
  process.env[FUNCTIONS_ENV] ?? join(import.meta.dirname, '..', '..', 'dist', 'functions');

function bundleOf({ functionsDir, name }: WatcherFunctionProps): string {
  const folder = join(functionsDir, name);
  if (existsSync(join(folder, 'index.mjs'))) return folder;
  throw new Error(
    `the bundle of function ${name} does not exist: ${join(folder, 'index.mjs')}; ` +
      `run npm run build, or set ${FUNCTIONS_ENV} to the folder that holds the bundles`,
  );
}

function networkOf(network: NetworkPlacement | undefined): Partial<lambda.FunctionProps> {
  if (network === undefined) return {};
  return { vpc: network.vpc, vpcSubnets: network.vpcSubnets, securityGroups: [network.securityGroup] };
}
