// The thread that keeps SIGINT for the kernel; interrupt.cjs tells why. It never returns to its event loop.
const vm = require('node:vm');
const { parentPort, workerData } = require('node:worker_threads');

const { state, running, seen, answered, retryMs } = workerData;
const { load, wait } = Atomics;
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Runs `work` so that a signal ends it if this began after everything else that a signal can end; returns whether one
 * did.
 * Node keeps its handler while any such work runs.
 */
function endedBySignal(work) {
  globalThis.work = work;
  try {
    vm.runInThisContext('work()', { breakOnSigint: true });
    return false;
  } catch (error) {
    if (error.code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
    return true;
  }
}

/** A signal ended work of this thread and no cell's code: tells the kernel, and makes sure that it hears of it. */
function passOn() {
  const count = Atomics.add(state, seen, 1) + 1;
  parentPort.postMessage(count);
  for (let last = load(state, answered); last < count; last = load(state, answered)) {
    const unheard = wait(state, answered, last, retryMs) === 'timed-out';
    // A cell's code began meanwhile and could run forever: another signal ends it, or the work below that is newer.
    if (unheard && load(state, running) === 1) process.kill(process.pid, 'SIGINT');
  }
}

function watch() {
  for (;;) if (endedBySignal(() => wait(never, 0, 0))) passOn();
}

/**
 * Watches within some levels of work, all older than a cell's code that begins later. Where a signal ends a level, the
 * one
 * around it passes the signal on; the lost level must not begin anew before the cell's code has ended.
 */
function watchWithin(levels) {
  if (levels === 0) watch();
  for (;;) {
    if (endedBySignal(() => watchWithin(levels - 1))) passOn();
    while (load(state, running) === 1) wait(never, 0, 0, retryMs);
  }
}

watchWithin(5);
