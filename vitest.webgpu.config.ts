/** `npm run test:webgpu`: the tests of the engine webgpu, one file after the other in one process. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['import', 'module', 'node', 'default'] },
  test: {
    include: ['test/webgpu/*.webgpu.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    // A software adapter compiles each shader for some tenths of a second.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    env: { AXUNET_PROFILE: 'tiny', AXUNET_ENGINE: 'webgpu' },
  },
});
