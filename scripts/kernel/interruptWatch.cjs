// The thread that keeps SIGINT for the kernel; interrupt.cjs tells why. It never returns to its event loop. It also
// ends a kernel whose Jupyter was killed and whose cell never pauses.
const vm = require('node:vm');
const { parentPort, workerData } = require('node:worker_threads');
const { hasEnded, parentMs } = require('./parent.cjs');

const { state, places, retryMs, parent } = workerData;
const { running, begun, seen, answered } = places;
const { load } = Atomics;

/**
 * How long the kernel may take to end by itself when Jupyter is gone: more than server.cjs gives its last cell, and
 * than a long step of training, which holds up everything, and after which the run is saved.
 */
const lastMs = 300_000;
let orphanAt;

/** Without Jupyter, a cell's code that still runs is ended, so that the kernel closes; one that cannot is killed. */
function endOrphan() {
  if (orphanAt === undefined && !hasEnded(parent)) return;
  orphanAt ??= performance.now();
  if (performance.now() - orphanAt > lastMs) process.kill(process.pid, 'SIGKILL');
  raise();
}

/** Waits until a place holds another value than `value`, at most `ms`; looks after Jupyter meanwhile. */
function wait(place, value, ms = Infinity) {
  for (const end = performance.now() + ms; ; endOrphan()) {
    const left = end - performance.now();
    if (left <= 0 || Atomics.wait(state, place, value, Math.min(left, parentMs)) !== 'timed-out') return;
  }
}

/**
 * Runs `work` so that a signal ends it if it began after everything else that a signal can end; returns whether one
 * did. Node keeps its handler while any such work runs.
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

let raisedAt = -Infinity;

/** Ends a cell's code where it runs: it is newer than all work of this thread now. Never twice within `retryMs`. */
function raise() {
  const sinceMs = performance.now() - raisedAt;
  if (sinceMs < retryMs) Atomics.wait(state, running, 1, retryMs - sinceMs);
  if (load(state, running) === 0) return;
  raisedAt = performance.now();
  process.kill(process.pid, 'SIGINT');
}

/** Tells the kernel of a signal until it has heard: by a message, or by ending the cell's code where that runs. */
function passOn() {
  const count = Atomics.add(state, seen, 1) + 1;
  parentPort.postMessage(count);
  for (let last = load(state, answered); last < count; last = load(state, answered)) {
    const pause = () => wait(answered, last, retryMs);
    if (load(state, running) === 0) {
      endedBySignal(pause); // further signals add nothing
    } else {
      raise();
      pause();
    }
  }
}

/** Begins anew with each cell's code, so as to be the first to get a signal: native code can swallow it in a cell. */
function watch() {
  for (;;) if (endedBySignal(() => wait(begun, load(state, begun)))) passOn();
}

/**
 * Watches within some levels of work, all older than a cell's code that begins later. Where a signal ends a level, the
 * one around it passes the signal on; the lost level must not begin anew before the cell's code has ended.
 */
function watchWithin(levels) {
  if (levels === 0) watch();
  for (;;) {
    if (endedBySignal(() => watchWithin(levels - 1))) passOn();
    while (load(state, running) === 1) wait(running, 1, retryMs);
  }
}

watchWithin(8);
