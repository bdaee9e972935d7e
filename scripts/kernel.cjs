// tslab's kernel, checking cells as strictly as the project checks its files (tslab itself reads no tsconfig), ending
// an interrupted cell with one sentence, and sending what cells print in order and within bounds (kernel/). Jupyter
// starts it with the connection file; the headless runner loads it only for how cells are compiled.
const { createRequire } = require('node:module');
const { declarationPaths } = require('./kernel/declarations.cjs');
const { skipPackages } = require('./kernel/skipPackages.cjs');
const { leavePackages, separateTimers } = require('./kernel/watchTimers.cjs');

const fromTslab = createRequire(require.resolve('tslab/package.json'));
const compilerPath = fromTslab.resolve('@tslab/typescript-for-tslab');
const compiler = fromTslab(compilerPath);

const strictness = {
  strict: true,
  moduleResolution: compiler.ModuleResolutionKind.Bundler, // reads "exports", so that cells see the types of axunet/…
  lib: ['lib.es2023.d.ts'],
  types: ['node'], // as in tsconfig.json; else those of every package that brings any
  preserveSymlinks: true, // keeps axunet-lessons a package, although its folder lies beside the notebooks
};

require.cache[compilerPath].exports = {
  ...compiler,
  createWatchCompilerHost: (files, options, ...rest) => {
    const paths = declarationPaths();
    const given = { ...options, ...strictness, ...(paths && { paths }) };
    return separateTimers(leavePackages(compiler.createWatchCompilerHost(files, given, ...rest)));
  },
  createWatchProgram: (host) => compiler.createWatchProgram(skipPackages(host, compiler)),
};

/** What a cell prints for an error: its sentence alone where the user stopped the cell or can mend the cause. */
function explain(error) {
  if (!(error instanceof Error)) return error;
  const left = error.message === 'Interrupted asynchronously';
  const stopped = left || error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
  if (stopped) return 'Interrupted: run the cell again to start it anew.';
  if (error.name === 'TrainingStopped') return `${error.message} (here: run the cell again).`;
  return error.name === 'UserError' ? error.message : error;
}

if (require.main === module) {
  const { keepInterrupts, replaceInterrupt } = require('./kernel/interrupt.cjs');
  keepInterrupts();
  const { CellHandler, diagnostics, KernelServer } = require('./kernel/server.cjs');
  const { stepsFor, WarmUp } = require('./kernel/warmUp.cjs');
  const jupyter = require('tslab/dist/jupyter.js');
  Object.assign(jupyter, { JupyterHandlerImpl: CellHandler, ZmqServer: KernelServer });
  const print = console.error;
  console.error = (...values) => {
    try {
      if (!diagnostics.take(values)) print(...values.map(explain));
    } catch {
      print('A value that cannot be shown'); // one that throws when it is looked at
    }
  };
  const converters = require('tslab/dist/converter.js');
  const { createConverter } = converters;
  converters.createConverter = (options) => {
    const converter = createConverter(options);
    KernelServer.warmUp ??= new WarmUp(stepsFor(converter)); // the first one is that of cells that run here
    return converter;
  };
  require('tslab/dist/main.js').startKernel({ configPath: process.argv[2], enableFindLocal: false });
  replaceInterrupt();
}
