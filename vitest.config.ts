import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['import', 'module', 'node', 'default'] },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    env: { AXUNET_PROFILE: 'tiny', TF_CPP_MIN_LOG_LEVEL: '2' },
  },
});
