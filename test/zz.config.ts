import { defineConfig } from 'vitest/config';
export default defineConfig({ root: '/tmp/wt/gate', test: { include: ['test/**/*.test.ts'], isolate: false, setupFiles: ['/tmp/wt/gate/test/support/no-colors.ts', '/tmp/gate/profile-setup.ts'], testTimeout: 60000, fileParallelism: false } });
