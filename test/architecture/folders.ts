/** Which top folder may import which folders and packages. The most specific folder that holds a file decides. */

export interface FolderRule {
  /** Folders and files that it may import. A folder may always import itself. */
  readonly folders: readonly string[];
  /** Packages that it may import, by prefix. */
  readonly packages: readonly string[];
  readonly because: string;
}

const ADAPTER = 'an adapter translates between one outside thing and core; adapters do not know each other';
const READER = 'the two readers share how brokers are reached; each has its own implementation of the protocol';

const adapter = (...packages: string[]): FolderRule => ({ folders: ['src/core'], packages, because: ADAPTER });
const reader = (...packages: string[]): FolderRule => ({
  folders: ['src/adapters/kafka-access', 'src/core'],
  packages,
  because: READER,
});

export const FOLDERS: Readonly<Record<string, FolderRule>> = {
  'src/core': {
    folders: [],
    packages: ['zod'],
    because: 'core is pure: it runs anywhere and is tested without doubles',
  },
  'src/render': {
    folders: ['src/core'],
    packages: ['zod'],
    because: 'it turns the records of core into text and HTML',
  },
  'src/flows': {
    folders: ['src/core', 'src/render'],
    packages: ['zod'],
    because: 'a use case knows ports, never adapters; functions and commands bring the two together',
  },
  'src/adapters/cloudwatch': adapter('@aws-sdk/'),
  'src/adapters/dynamodb': adapter('@aws-sdk/', 'node:', 'zod'),
  'src/adapters/ecs': adapter('@aws-sdk/'),
  'src/adapters/file': adapter('node:'),
  'src/adapters/kafka': reader('@platformatic/kafka', 'node:'),
  'src/adapters/kafka-access': adapter('aws-msk-iam-sasl-signer-js', 'node:'),
  'src/adapters/kafkajs': reader('kafkajs', 'node:'),
  'src/adapters/memory': adapter(),
  'src/adapters/msk': adapter('@aws-sdk/'),
  'src/adapters/secrets-manager': adapter('@aws-sdk/'),
  'src/adapters/s3': adapter('@aws-sdk/', 'node:'),
  'src/adapters/stepfunctions': adapter('@aws-sdk/', 'node:'),
  'src/adapters/sns': adapter('@aws-sdk/'),
  'src/adapters/system': adapter(),
  functions: {
    folders: ['src/core', 'src/flows', 'src/adapters'],
    packages: ['@aws-sdk/', '@aws-lambda-powertools/', '@middy/core', 'aws-lambda', 'zod'],
    because: 'a function is a doorway: it gives a flow its adapters',
  },
  'src/local': {
    folders: ['src/core', 'src/adapters/memory', 'functions'],
    packages: [
      'node:',
      'zod',
      '@aws-lambda-powertools/logger',
      '@platformatic/kafka',
      'aws-lambda',
      'aws-local-stepfunctions',
      'env-paths',
      'kafkajs',
      'pidusage',
    ],
    because: 'the local stand runs the real functions on a real broker, with stand-ins for AWS',
  },
  'src/cli': {
    folders: ['src/core', 'src/render', 'src/flows', 'src/adapters', 'src/local', 'package.json'],
    packages: ['node:', 'commander', 'picocolors', 'string-width'],
    because: 'a command gives a flow its adapters and shows what it returns',
  },
  lib: {
    folders: [
      'src/core/cost',
      'src/core/errors.ts',
      'src/core/metrics',
      'src/core/msk',
      'src/core/runbook',
      'src/core/settings.ts',
      'src/core/text',
    ],
    packages: ['node:', 'aws-cdk-lib', 'constructs'],
    because: 'the construct shares names, settings and steps with the functions, and none of their rules',
  },
  bench: {
    folders: ['src', 'bin/bundle-options.ts', 'test/stand'],
    packages: ['node:', '@aws-sdk/client-s3', '@platformatic/kafka', 'commander', 'esbuild', 'kafkajs', 'zod'],
    because:
      'it measures the product and is no part of it; the official tools of the test stand judge what it measures',
  },
  'bin/lag.ts': { folders: ['src/cli', 'src/core'], packages: ['commander'], because: 'the entry of the command line' },
  'bin/build.ts': {
    folders: ['bin/bundle-options.ts'],
    packages: ['node:', 'esbuild'],
    because: 'it bundles functions',
  },
  'bin/bundle-options.ts': {
    folders: [],
    packages: ['node:', 'esbuild'],
    because: 'options shared by build and bench',
  },
  'bin/cli-page.ts': {
    folders: ['src/cli', 'src/core'],
    packages: ['node:', 'commander'],
    because: 'it writes the docs of the command line',
  },
  bin: {
    folders: ['lib', 'src/core'],
    packages: ['node:', 'aws-cdk-lib', 'zod'],
    because: 'the CDK app and what writes the docs',
  },
};
