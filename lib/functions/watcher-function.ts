import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CfnResource, type Duration, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_METADATA, type FUNCTION_OF_STEP } from '#core/runbook/messages.ts';
import { SETTINGS_ENV, type Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

/** Every function of the watcher: one file in `functions/`, one bundle, one role. */
export type FunctionName =
  | 'poll'
  | 'discover'
  | 'heat-map'
  | 'reconcile'
  | (typeof FUNCTION_OF_STEP)[keyof typeof FUNCTION_OF_STEP];

/** Name of the environment variable that says where the bundles are, when they are not in `dist/functions`. */
export const FUNCTIONS_ENV = 'LAG_WATCHER_FUNCTIONS';

/** Where a function runs when it has to reach the brokers. */
export interface NetworkPlacement {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.ISecurityGroup;
}

/** What all functions of one watcher share. */
export interface FunctionDefaults {
  /** Tokens are allowed in its texts: they are resolved at deployment. */
  readonly settings: Settings;
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
   * Only for what talks to brokers.
   *
   * @default - outside any VPC
   */
  readonly network?: NetworkPlacement;
  /** @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Age at which an asynchronous invocation is dropped; it is never tried again.
   *
   * @default - Lambda's own; the function is called synchronously
   */
  readonly maxEventAge?: Duration;
}

/**
 * One Lambda function of the watcher, from a bundle that was made before synth, with a role of its own.
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
      environment: { [SETTINGS_ENV]: Stack.of(this).toJsonString(props.settings) },
      ...networkOf(props.network),
      ...present({ reservedConcurrentExecutions: props.reservedConcurrentExecutions }),
      ...(props.maxEventAge === undefined ? {} : { retryAttempts: 0, maxEventAge: props.maxEventAge }),
    });
    (this.function.node.defaultChild as CfnResource).addMetadata(FUNCTION_METADATA, props.name);
    if (props.network) this.denyNetworkInterfacesToCode();
  }

  /** Lets the function do more. */
  allow(statement: iam.PolicyStatementProps): void {
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
      // Lambda makes the interfaces under this role before any of them has an ARN, and describing has no resources.
      resources: ['*'],
    });
  }

  /** The role must hold these permissions for Lambda itself; the code that runs under it needs none of them. */
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
      // A denial is meant to be wide.
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': this.function.functionArn } },
    });
    // A policy beside the role: as part of the role's own it would need the function, which needs the role.
    new iam.Policy(this, 'NoNetworkInterfacesForCode', { statements: [deny], roles: [this.role] });
  }
}

/** Folder of the bundles: the environment's, else `dist/functions` of this package. */
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
