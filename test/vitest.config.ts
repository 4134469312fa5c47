import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that measure time, stop processes or build: one file at a time, since what they measure needs the machine. */
const ALONE = [
  'test/functions/*.test.ts',
  'test/local/kafka/*.test.ts',
  ...[
    'broker-faults',
    'conditions-of-lost-brokers',
    'demo',
    'describe-errors',
    'kafkajs-dead-broker',
    'moves',
    'older-kafka',
    'poll-login',
    'sessions',
    'three-brokers',
    'workload',
  ].map((name) => `test/integration/${name}.test.ts`),
];

/** Tests that start Kafka and wait for it most of the time: two files at a time. */
const BESIDE = ['test/integration/*.test.ts', 'test/contracts/*.test.ts'];

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    setupFiles: 'test/support/no-colors.ts',
    testTimeout: 20_000,
    hookTimeout: 180_000,
    // Only with --coverage, as in the gate: a part of the tests does not reach all of core.
    coverage: {
      include: ['src/core/**'],
      reporter: [['text', { skipFull: true }]],
      reportsDirectory: 'node_modules/.cache/coverage',
      thresholds: { 100: true },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...BESIDE],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          // First of those with Kafka: on a new machine one of them downloads its jars, and not two at once.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: BESIDE,
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
