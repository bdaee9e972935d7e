// Keeps cells alive when files change on disk, and packages unwatched.

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

const unwatched = { close() {} };

/**
 * Packages do not change while a kernel runs, which would not load them again: their files, a thousand with the first
 * cell, are not watched. A package that is installed meanwhile is noticed by the folders beside the notebook.
 *
 * `host` is TypeScript's watch host; it is changed.
 */
function leavePackages(host) {
  const { watchFile } = host;
  host.watchFile = (file, ...rest) =>
    file.includes('/node_modules/') && !file.endsWith('/package.json') ? unwatched : watchFile(file, ...rest);
  return host;
}

module.exports = { leavePackages, separateTimers };
