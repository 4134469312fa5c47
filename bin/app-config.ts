/** The configuration file of the app: one watcher, as JSON. */

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, SettingsError } from '#core/errors.ts';
import { chosenSettings, settingsSchema } from '#core/settings.ts';
import { describeIssues } from '#core/text/issues.ts';
import { present } from '#core/text/json.ts';
import { settingsFromProps } from '#lib/check-props.ts';
import type { LagWatcherStackProps } from '#lib/lag-watcher-stack.ts';

const text = z.string().min(1);
/** The id of a resource of EC2. */
const idOf = (prefix: string) => z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`));

const networkSchema = z
  .strictObject({
    vpcId: idOf('vpc'),
    availabilityZones: z.array(text).min(1),
    subnetIds: z.array(idOf('subnet')).min(1),
    routeTableIds: z.array(idOf('rtb')).exactOptional(),
  })
  .refine((network) => network.availabilityZones.length === network.subnetIds.length, {
    path: ['availabilityZones'],
    error: 'must name one zone for each subnet, in the same order',
  })
  .refine((network) => (network.routeTableIds ?? network.subnetIds).length === network.subnetIds.length, {
    path: ['routeTableIds'],
    error: 'must name one route table for each subnet, in the same order',
  });

const { clusterName, topicArn } = settingsSchema.shape;

const configSchema = z
  .strictObject({
    ...chosenSettings,
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/)
      .default('LagWatcher'),
    /** Account and Region. Absent: those of the credentials at deployment. */
    env: z.strictObject({ account: text, region: text }).exactOptional(),
    clusterArn: text,
    clusterName: clusterName.exactOptional(),
    authSecretKeyArn: text.exactOptional(),
    network: networkSchema,
    clusterSecurityGroupIds: z.array(idOf('sg')).exactOptional(),
    gatewayEndpoints: z.enum(['create', 'existing']).default('create'),
    pollReservedConcurrency: z.union([z.number().int().positive(), z.literal('none')]).default(1),
    topicArn,
    runbookUrl: text.exactOptional(),
    pointInTimeRecovery: z.boolean().default(false),
    tracing: z.boolean().default(false),
    dashboard: z.boolean().default(true),
  })
  .refine((config) => config.gatewayEndpoints === 'existing' || config.network?.routeTableIds !== undefined, {
    path: ['network', 'routeTableIds'],
    error: 'must be set to create the gateway endpoint; or set gatewayEndpoints to existing',
    when: ({ issues }) =>
      issues.every((issue) => issue.path?.[0] !== 'network' && issue.path?.[0] !== 'gatewayEndpoints'),
  });

/** The configuration of an app. */
export interface AppConfig extends LagWatcherStackProps {
  readonly stackName: string;
}

/**
 * Reads a configuration file.
 *
 * @throws SettingsError naming the file and everything that is wrong with it
 */
export function readAppConfig(path: string): AppConfig {
  const input = readJson(path);
  const parsed = configSchema.safeParse(input);
  const shape = parsed.success ? [] : describeIssues(parsed.error, input);
  // The construct's problems come with those of the schema, except for keys that have one already.
  const keys = new Set(shape.map(keyOf));
  const content = constructProblems(input).filter((problem) => !keys.has(keyOf(problem)));
  const problems = [...shape, ...content].map((problem) => `- ${problem}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new SettingsError([`configuration ${path} is wrong:`, ...problems]);
}

function readJson(path: string): unknown {
  if (!existsSync(path)) throw new SettingsError([`configuration ${resolve(path)} does not exist`]);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SettingsError([`configuration ${path} cannot be read: ${messageOf(error)}`]);
  }
}

const keyOf = (problem: string): string => problem.split(': ')[0] ?? problem;

function constructProblems(input: unknown): string[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const { clusterArn, bootstrapBrokers, ...rest } = input as Record<string, unknown>;
  if (typeof clusterArn !== 'string') return [];
  if (bootstrapBrokers !== undefined && typeof bootstrapBrokers !== 'string') return [];
  try {
    settingsFromProps({ ...rest, clusterArn, ...present({ bootstrapBrokers }) });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    return []; // the schema has refused this shape
  }
}
