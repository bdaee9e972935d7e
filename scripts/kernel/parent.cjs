// Whether Jupyter, which started the kernel, still runs: where it was killed nobody else ends its kernels.

/** How often the kernel looks for it. */
const parentMs = 1000;

/**
 * The process to watch; undefined where none can be known to be Jupyter. It says its number in JPY_PARENT_PID. Where
 * our parent has another, a program between started the kernel, which may end while Jupyter lives, or the kernel runs
 * in a container, where numbers mean other processes. Windows names no new parent.
 */
function watchedParent({ env, ppid, platform }) {
  const asked = Number(env.JPY_PARENT_PID);
  return asked > 1 && asked === ppid && platform !== 'win32' ? ppid : undefined;
}

/** As the kernel starts: Jupyter may be killed before all of it is loaded. */
const jupyter = watchedParent(process);

/** Another process takes over when a parent ends. */
const hasEnded = (parent) => parent !== undefined && process.ppid !== parent;

module.exports = { hasEnded, jupyter, parentMs, watchedParent };
