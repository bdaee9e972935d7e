// What set-up says: problems that the user can mend, durations and sizes.

/** A problem that the user can mend: its message is one sentence, shown without a stack trace. */
export class Problem extends Error {
  name = 'Problem';
}

/** `3.4 s`, `48 s`, `2 min 05 s`. */
export function duration(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Megabytes (10^6 bytes), as download pages count them. */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
