import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SlowestFiles } from './support/slowest-files.ts';

/** Tests that measure time: one file at a time, because they need the machine. */
const ALONE = ['test/integration/timing/*.test.ts'];

/**
 * Whole days that are played through rules and alarms: measuring coverage would slow them tenfold.
 */
const BENCH = ['test/bench/*.test.ts'];

/**
 * Tests that start Java or run the bundles, and wait for them most of the time: several files at a
 * time.
 */
const REAL = [
  'test/contracts/{dynamodb,kafka}/*.test.ts',
  'test/functions/*.test.ts',
  'test/integration/{auth,faults,groups,poll,stand}/*.test.ts',
];

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    // A busy machine starts a process in seconds.
    testTimeout: 60_000,
    setupFiles: 'test/support/no-colors.ts',
    // Commands and workloads start a hundred times. A cache of compiled code halves their CPU time.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '..', 'node_modules/.cache/compiled') },
    hookTimeout: 180_000,
    reporters: ['default', new SlowestFiles()],
    // Only with --coverage, as in the gate: a part of the tests does not reach all of core.
    coverage: {
      include: ['src/core/**', 'src/render/**'],
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
          exclude: [...ALONE, ...BENCH, ...REAL],
          // Files of a worker share their modules: to import the CDK and the clients of AWS for
          // each file took longer than the tests. So a test restores whatever it changes of a
          // module or the process.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'bench', include: BENCH, isolate: false, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          globalSetup: 'test/stand/prepare-java.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: REAL,
          globalSetup: ['test/stand/prepare-java.ts', 'test/stand/prepare-bundles.ts'],
          // One more than the cores of a small machine: a file that waits for a broker leaves a
          // core free.
          maxWorkers: 3,
          maxConcurrency: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
