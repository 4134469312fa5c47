import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that start Kafka, consumers or builds: one file at a time, since what they measure needs the machine. */
const HEAVY = ['test/integration/**', 'test/local/kafka/**', 'test/contracts/**', 'test/functions/**'];

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
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
          exclude: HEAVY,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: HEAVY.map((folder) => `${folder}/*.test.ts`),
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
