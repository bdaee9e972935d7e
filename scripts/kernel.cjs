// tslab's kernel, checking cells as strictly as the project checks its files (tslab itself reads no tsconfig),
// and ending an interrupted cell with one sentence. Jupyter starts it with the connection file; the headless runner loads it only for the strictness.
const { createRequire } = require('node:module');

const fromTslab = createRequire(require.resolve('tslab/package.json'));
const compilerPath = fromTslab.resolve('@tslab/typescript-for-tslab');
const compiler = fromTslab(compilerPath);

const strictness = {
  strict: true,
  moduleResolution: compiler.ModuleResolutionKind.Bundler, // reads "exports", so that cells see the types of axunet/…
  lib: ['lib.es2023.d.ts'],
  preserveSymlinks: true, // keeps axunet-lessons a package, although its folder lies beside the notebooks
};

require.cache[compilerPath].exports = {
  ...compiler,
  createWatchCompilerHost: (files, options, ...rest) =>
    compiler.createWatchCompilerHost(files, { ...options, ...strictness }, ...rest),
};

/** What a cell prints for an error: its sentence alone where the user stopped the cell or can mend the cause. */
function explain(error) {
  if (!(error instanceof Error)) return error;
  if (error.message === 'Interrupted asynchronously' || error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED')
    return 'Interrupted: run the cell again to start it anew.';
  if (error.name === 'TrainingStopped') return `${error.message} (here: run the cell again).`;
  return error.name === 'UserError' ? error.message : error;
}

/**
 * tslab answers an interrupt by leaving the cell at once, while its work goes on unseen. Training listens for the signal itself,
 * saves, and so ends its cell: it is let; a second interrupt finds no listener and leaves the cell. Other loops end at their next
 * progress line (lib/progress.ts), which looks at the count kept here.
 */
function replaceInterrupt() {
  const leaveCell = process.listeners('SIGINT').at(-1);
  const count = Symbol.for('axunet.interrupts');
  process.removeListener('SIGINT', leaveCell);
  process.on('SIGINT', () => {
    if (process.listenerCount('SIGINT') > 1) return;
    globalThis[count] = (globalThis[count] ?? 0) + 1;
    leaveCell();
  });
}

if (require.main === module) {
  const print = console.error;
  console.error = (...values) => print(...values.map(explain));
  require('tslab/dist/main.js').startKernel({ configPath: process.argv[2], enableFindLocal: false });
  replaceInterrupt();
}
