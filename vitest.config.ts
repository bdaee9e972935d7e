import { defineConfig } from 'vitest/config';

const shared = {
  setupFiles: ['test/setup.ts'],
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  env: { AXUNET_PROFILE: 'tiny', TF_CPP_MIN_LOG_LEVEL: '2' },
};

/** Rooms whose tests leave nothing behind: they share a process, which loads each module once. */
const together = [
  ...['bench', 'cli', 'crossval', 'dataset', 'dicom', 'dicomLabels', 'docs', 'evaluate', 'export', 'house', 'io'],
  ...['lessons', 'model', 'predict', 'radiomics', 'scan', 'statistics', 'volume'],
].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  resolve: { conditions: ['import', 'module', 'node', 'default'] },
  test: {
    maxWorkers: 2,
    projects: [
      { extends: true, test: { ...shared, name: 'apart', include: ['test/**/*.test.ts'], exclude: together } },
      { extends: true, test: { ...shared, name: 'together', include: together, isolate: false } },
    ],
  },
});
