/** The architecture, as data: which folder may import which. Data flows one way; nothing below knows what is above it. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Rule {
  /** Folders, and single files, that may be imported. The folder itself always may. */
  readonly folders: readonly string[];
  /** Packages, by prefix. */
  readonly packages: readonly string[];
}

/** The most specific folder that holds a file decides. */
const MAY_IMPORT: Readonly<Record<string, Rule>> = {
  'src/core': { folders: [], packages: ['zod'] },
  'src/flows': { folders: ['src/core'], packages: ['zod'] },
  'src/adapters/cloudwatch': { folders: ['src/core'], packages: ['@aws-sdk/'] },
  'src/adapters/dynamodb': { folders: ['src/core'], packages: ['@aws-sdk/', 'node:', 'zod'] },
  'src/adapters/ecs': { folders: ['src/core'], packages: ['@aws-sdk/'] },
  'src/adapters/file': { folders: ['src/core'], packages: ['node:'] },
  'src/adapters/kafka': {
    folders: ['src/core'],
    packages: ['@platformatic/kafka', 'aws-msk-iam-sasl-signer-js', 'node:'],
  },
  'src/adapters/kafkajs': {
    folders: ['src/core'],
    packages: ['aws-msk-iam-sasl-signer-js', 'kafkajs', 'node:'],
  },
  'src/adapters/msk': { folders: ['src/core'], packages: ['@aws-sdk/'] },
  'src/adapters/secrets-manager': { folders: ['src/core'], packages: ['@aws-sdk/'] },
  'src/adapters/s3': { folders: ['src/core'], packages: ['@aws-sdk/', 'node:'] },
  'src/adapters/stepfunctions': { folders: ['src/core'], packages: ['@aws-sdk/', 'node:'] },
  'src/adapters/sns': { folders: ['src/core'], packages: ['@aws-sdk/'] },
  'src/adapters/system': { folders: ['src/core'], packages: [] },
  functions: {
    folders: ['src/core', 'src/flows', 'src/adapters'],
    packages: ['@aws-sdk/', '@aws-lambda-powertools/', '@middy/core', 'aws-lambda', 'zod'],
  },
  'src/local': {
    folders: ['src/core', 'functions'],
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
  },
  'src/cli': {
    folders: ['src/core', 'src/flows', 'src/adapters', 'src/local', 'package.json'],
    packages: ['node:', 'cli-table3', 'commander', 'picocolors', 'string-width'],
  },
  lib: {
    folders: [
      'alarm-names',
      'alarm-shards',
      'credentials',
      'errors',
      'markdown',
      'metrics',
      'runbook',
      'series-plan',
      'settings',
    ].map((name) => `src/core/${name}.ts`),
    packages: ['node:', 'aws-cdk-lib', 'constructs'],
  },
  bench: {
    folders: ['src', 'bin/bundle-options.ts'],
    packages: ['node:', '@aws-sdk/client-s3', '@platformatic/kafka', 'commander', 'esbuild', 'kafkajs', 'zod'],
  },
  'bin/lag.ts': { folders: ['src/cli', 'src/core'], packages: ['commander'] },
  'bin/build.ts': { folders: ['bin/bundle-options.ts'], packages: ['node:', 'esbuild'] },
  'bin/bundle-options.ts': { folders: [], packages: ['node:', 'esbuild'] },
  bin: { folders: ['lib', 'src/core'], packages: ['node:', 'aws-cdk-lib', 'zod'] },
};

/** Time, chance and the environment are handed in: never taken. */
const IMPURE = /\b(process\.|Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|fetch\(|console\.)/;
const PURE = ['src/core', 'src/flows'];

const ROOT = join(import.meta.dirname, '..');
const FILES = globSync('{src,functions,lib,bin,bench}/**/*.ts', { cwd: ROOT }).filter(
  (file) => !file.endsWith('.d.ts'),
);
const SOURCES = FILES.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

const isWithin = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

function ruleOf(file: string): { place: string; rule: Rule } {
  const places = Object.entries(MAY_IMPORT).filter(([place]) => isWithin(file, place));
  const [place, rule] = places.sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (place === undefined || rule === undefined) throw new Error(`${file} lies in no folder of the architecture`);
  return { place, rule };
}

/** What a file imports that it may not. */
function breaches(file: string, text: string): string[] {
  const { place, rule } = ruleOf(file);
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].flatMap((match) => match[1] ?? []);
  return targets.filter((target) => {
    if (!target.startsWith('.'))
      return !rule.packages.some((prefix) => target === prefix || target.startsWith(slashed(prefix)));
    const imported = relative(ROOT, join(ROOT, dirname(file), target));
    return ![place, ...rule.folders].some((folder) => isWithin(imported, folder));
  });
}

const slashed = (prefix: string): string => (/[/:]$/.test(prefix) ? prefix : `${prefix}/`);

describe('architecture', () => {
  it.each(SOURCES)('$file imports only what it may', ({ file, text }) => {
    expect(breaches(file, text)).toEqual([]);
  });

  it.each(SOURCES.filter(({ file }) => PURE.some((place) => isWithin(file, place))))('$file is pure', ({ text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(IMPURE.exec(code)?.[0]).toBeUndefined();
  });

  it.each(SOURCES)('$file has at most 300 lines', ({ text }) => {
    expect(text.split('\n').length).toBeLessThanOrEqual(300);
  });

  it('only the entry of the command line ends the process', () => {
    const others = SOURCES.filter(({ file, text }) => file !== 'bin/lag.ts' && /process\.exit\(/.test(text));
    expect(others.map(({ file }) => file).sort()).toEqual(ALLOWED_EXITS);
  });

  it.each([
    ['src/core/lag.ts', "import { poll } from '../flows/poll.ts';"],
    ['src/flows/poll.ts', "import { systemClock } from '../adapters/system/clock.ts';"],
    ['src/adapters/s3/history-store.ts', "import { x } from '../ecs/levers.ts';"],
    ['src/adapters/kafkajs/session.ts', "import { x } from '../kafka/failures.ts';"],
    ['lib/poller.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['lib/poller.ts', "import { poll } from '../src/flows/poll.ts';"],
  ])('would notice a breach in %s: %s', (file, text) => {
    expect(breaches(file, text)).toHaveLength(1);
  });
});

/** Programs of their own, started as child processes. */
const ALLOWED_EXITS: readonly string[] = ['src/local/workload/consumer.ts', 'src/local/workload/process.ts'];
