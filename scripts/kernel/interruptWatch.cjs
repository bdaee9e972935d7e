// The thread that keeps SIGINT for the kernel; interrupt.cjs tells why. It never returns to its event loop.
const vm = require('node:vm');
const { parentPort, workerData } = require('node:worker_threads');

const { state, running, seen, answered, retryMs } = workerData;
const { load, wait } = Atomics;
const breakable = { breakOnSigint: true };

/** A signal came here, so no cell's own code was running: tells the kernel, and makes sure that it hears of it. */
function passOn() {
  const count = Atomics.add(state, seen, 1) + 1;
  parentPort.postMessage(count);
  for (let last = load(state, answered); last < count; last = load(state, answered)) {
    // A cell's code began to run meanwhile and could run forever: now the signal ends it.
    const unheard = wait(state, answered, last, retryMs) === 'timed-out';
    if (unheard && load(state, running) === 1) process.kill(process.pid, 'SIGINT');
  }
}

/** Runs `work` until a signal comes; returns whether one came. */
function untilSignal(work) {
  globalThis.work = work;
  try {
    vm.runInThisContext('work()', breakable);
    return false;
  } catch (error) {
    if (error.code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
    return true;
  }
}

const forever = new Int32Array(new SharedArrayBuffer(4));

function watch() {
  for (;;) if (untilSignal(() => wait(forever, 0, 0))) passOn();
}

// While the outer script runs, Node keeps its handler of the signal, also where the inner one ends and begins anew. A
// signal between two waits ends the outer one.
let late = false;
for (;;) {
  late = untilSignal(() => {
    if (late) passOn();
    watch();
  });
}
