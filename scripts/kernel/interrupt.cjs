/**
 * Interrupts that neither kill the kernel nor get lost.
 *
 * Node stops a loop that never pauses by running a cell's code with `breakOnSigint`. Before and after that code it
 * takes its handler of SIGINT away for a moment, and a signal that comes then kills the process (3 of 300 interrupts of
 * short cells). A signal that comes while the cell is being compiled is noticed when its code has ended, which may be
 * never. One that comes in a native function of the cell, such as zeromq's `send`, can be swallowed.
 *
 * All are mended by a thread that runs code with `breakOnSigint` all the time, so that Node never takes its handler
 * away. A signal ends the code that began last; that is the thread's, which passes it on to the kernel until it is
 * heard.
 */
const path = require('node:path');
const vm = require('node:vm');
const { Worker } = require('node:worker_threads');
const { jupyter } = require('./parent.cjs');

/** Places in shared memory: whether a cell's code runs, how often one began, signals the thread saw and we heard. */
const places = { running: 0, begun: 1, seen: 2, answered: 3 };
const retryMs = 50;

/** Listeners of SIGINT no longer install a handler in the system: it would replace the one that the thread keeps. */
function detachListeners() {
  for (const event of ['newListener', 'removeListener']) {
    for (const listener of process.rawListeners(event)) {
      process.removeListener(event, listener);
      process.on(event, (name, ...rest) => {
        if (name !== 'SIGINT') listener.call(process, name, ...rest);
      });
    }
  }
}

/** Tells the thread when a cell's code has begun and ended, and counts a signal that ended it as heard. */
function markRunningCode(state) {
  const run = vm.runInThisContext;
  const begin = () => {
    Atomics.store(state, places.running, 1);
    Atomics.add(state, places.begun, 1);
    Atomics.notify(state, places.begun);
  };
  const end = () => {
    Atomics.store(state, places.running, 0);
    Atomics.notify(state, places.running);
  };
  Object.defineProperty(globalThis, '__axunetMark', { value: { begin, end } });
  vm.runInThisContext = (code, options) => {
    if (!options?.breakOnSigint) return run(code, options);
    try {
      return run(`__axunetMark.begin(); try { ${code}\n} finally { __axunetMark.end(); }`, options);
    } catch (error) {
      if (error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') answer(state, Atomics.load(state, places.seen));
      throw error;
    } finally {
      end(); // an interrupt passes over the one in the code
    }
  };
}

function answer(state, count) {
  Atomics.store(state, places.answered, count);
  Atomics.notify(state, places.answered);
}

/** To be called before anything listens to SIGINT. Windows has no such signal; there Node's own way stays. */
function keepInterrupts() {
  if (process.platform === 'win32') return;
  const state = new Int32Array(new SharedArrayBuffer(16));
  detachListeners();
  markRunningCode(state);
  const workerData = { state, places, retryMs, parent: jupyter };
  const thread = new Worker(path.join(__dirname, 'interruptWatch.cjs'), { execArgv: [], workerData });
  thread.on('message', (count) => {
    if (count <= Atomics.load(state, places.answered)) return; // it ended a cell's code
    answer(state, count);
    process.emit('SIGINT', 'SIGINT');
  });
  thread.unref();
}

/**
 * tslab answers an interrupt by leaving the cell at once, while its work goes on unseen. Training listens for the
 * signal itself, saves, and so ends its cell: it is let; a second interrupt finds no listener and leaves the cell.
 * Other loops end at their next progress line (lib/progress.ts), which looks at the count kept here.
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

module.exports = { keepInterrupts, replaceInterrupt };
