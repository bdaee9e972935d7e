// Whether Jupyter, which started the kernel, still runs: where it was killed nobody else ends its kernels.

/** How often the kernel looks for it. */
const parentMs = 1000;

/** The process to watch; undefined where none asked for it. Windows names no new parent. */
function watchedParent() {
  const asked = Number(process.env.JPY_PARENT_PID);
  return !asked || asked === 1 || process.platform === 'win32' ? undefined : process.ppid;
}

/** 1 takes over when a parent ends. */
const hasEnded = (parent) => parent !== undefined && (process.ppid !== parent || parent === 1);

module.exports = { hasEnded, parentMs, watchedParent };
