/**
 * Timers of the watching compiler that reads cells.
 *
 * TypeScript sets two: one to compile again, one to look again for modules where a package.json, a type package or a
 * file beside the notebook has changed (a new hard link to one counts as a change). tslab holds one and runs it with
 * the next cell: a second one failed with "Unexpected pending rebuildTimer", and so did every cell after it.
 */

/**
 * Lets the compiler of a watch host set any number of timers: the host's own, of which there is one at a time, runs
 * them all in the order in which they were set, those included that they set themselves. Where one fails, its error
 * goes to the cell; the others wait for the next one.
 */
function shareTimer(host) {
  const { setTimeout: start, clearTimeout: stop } = host;
  const waiting = new Set();
  let timer;
  const runAll = () => {
    try {
      for (const task of waiting) {
        waiting.delete(task);
        task();
      }
    } finally {
      stop(timer);
      timer = undefined;
    }
  };
  return Object.assign(host, {
    setTimeout: (callback, _ms, ...values) => {
      const task = () => callback(...values);
      waiting.add(task);
      timer ??= start(runAll);
      return task;
    },
    clearTimeout: (task) => {
      waiting.delete(task);
    },
  });
}

module.exports = { shareTimer };
