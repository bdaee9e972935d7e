// Keeps cells alive when files change on disk.

/**
 * TypeScript watches the folders in which it looked for modules. It has two timers, to compile anew and to look
 * for modules again; tslab keeps a single one, which it runs before each cell, and throws where it meets the other:
 * then no cell runs any more (a folder `node_modules` beside a notebook was enough). Here the second timer is Node's
 * own.
 *
 * `host` is TypeScript's watch host with tslab's timers; it is changed.
 */
function separateTimers(host) {
  const { setTimeout: setCompile, clearTimeout: clearCompile } = host;
  const lookups = new Set();
  let compile;
  const clear = (timer) => {
    try {
      clearCompile(timer);
    } catch {
      // tslab throws where the timer has run already.
    }
  };
  host.setTimeout = (callback, ms, ...values) => {
    if (callback.name !== 'invalidateResolutionsOfFailedLookup') {
      clear(compile);
      compile = setCompile(callback, ms, ...values);
      return compile;
    }
    const timer = setTimeout(() => {
      lookups.delete(timer);
      callback(...values);
    }, ms).unref();
    lookups.add(timer);
    return timer;
  };
  host.clearTimeout = (timer) => {
    if (lookups.delete(timer)) clearTimeout(timer);
    else clear(timer);
  };
  return host;
}

module.exports = { separateTimers };
