// tslab's kernel, checking cells as strictly as the project checks its files (tslab itself reads no tsconfig).
// Jupyter starts it with the connection file; the headless runner loads it only for the strictness.
const { createRequire } = require('node:module');

const fromTslab = createRequire(require.resolve('tslab/package.json'));
const compilerPath = fromTslab.resolve('@tslab/typescript-for-tslab');
const compiler = fromTslab(compilerPath);

const strictness = {
  strict: true,
  moduleResolution: compiler.ModuleResolutionKind.Bundler, // reads "exports", so that cells see the types of axunet/…
  lib: ['lib.es2023.d.ts'],
};

require.cache[compilerPath].exports = {
  ...compiler,
  createWatchCompilerHost: (files, options, ...rest) => compiler.createWatchCompilerHost(files, { ...options, ...strictness }, ...rest),
};

if (require.main === module) require('tslab/dist/main.js').startKernel({ configPath: process.argv[2], enableFindLocal: false });
