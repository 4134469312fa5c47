import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Emulators of AWS that others wrote. Not part of `npm test`: they need more than npm installs. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: { include: ['test/emulators/*.emulator.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
});
