// Limits of the shell (ulimit) that are too low for Node and TensorFlow, in words.
import fs from 'node:fs';

/**
 * What /proc/self/limits calls each limit, the option of ulimit, how many of its units ulimit counts as one, and below
 * how many of ulimit's units it is worth naming. Addresses: V8 reserves 10 GB for each WebAssembly memory, TensorFlow
 * maps 0.6 GB, so a limit of the address space bites long before memory is used.
 */
const watched = [
  ['Max address space', '-v', 1024, 64e6],
  ['Max data size', '-d', 1024, 16e6],
  ['Max stack size', '-s', 1024, 1024],
  ['Max open files', '-n', 1, 256],
  ['Max processes', '-u', 1, 256],
  ['Max cpu time', '-t', 1, 3600],
];

function readLimits() {
  try {
    return fs.readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return ''; // only Linux has the file
  }
}

/** Two Node processes have more threads than this; with fewer allowed they may wait for ever instead of failing. */
const leastProcesses = 24;

/** Whether the program would hang rather than fail: too few processes for Node's threads (root may have any number). */
export const wouldHang = (limits) =>
  process.getuid?.() !== 0 && limits.some((limit) => Number(/-u (\d+)/.exec(limit)?.[1] ?? Infinity) < leastProcesses);

/** The low limits of this process as they would be typed, such as `ulimit -n 20`; none on systems but Linux. */
export function lowLimits(text = readLimits()) {
  return watched.flatMap(([name, option, unit, least]) => {
    const [, soft] = new RegExp(`^${name} +(\\d+) `, 'm').exec(text) ?? [];
    const value = Math.floor(Number(soft) / unit);
    return soft !== undefined && value < least ? [`ulimit ${option} ${value}`] : [];
  });
}
