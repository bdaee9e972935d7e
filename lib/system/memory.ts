/** What memory there is. What a browser has instead: browser/memory.ts. */
import { constants } from 'node:buffer';
import os from 'node:os';

/** As many bytes can be held at once. */
export function mostBytesHeld(): number {
  // What is free now says little about what the system could free, so half of the machine is always taken as usable.
  const memory = Math.max(os.freemem(), os.totalmem() / 2);
  return Math.min(memory, process.constrainedMemory() || Infinity, constants.MAX_LENGTH);
}
