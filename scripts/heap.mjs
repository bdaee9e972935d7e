// How much memory JavaScript may take: half of what is there, since the arrays of TensorFlow lie beside it, and no more
// than 8 GiB. A container's limit counts where it is below the machine's memory.
import os from 'node:os';

/** No notebook or command needs more. */
const mostMb = 8192;
/** Fewer were not tried. */
const leastMb = 512;

/**
 * MiB for the heap of V8 on a machine with `total` bytes, of which `limit` may be used; one of 0, or above what is
 * there, is none.
 */
export function heapMb(total = os.totalmem(), limit = process.constrainedMemory()) {
  const there = limit > 0 ? Math.min(total, limit) : total;
  return Math.min(mostMb, Math.max(leastMb, Math.floor(there / 2 ** 21)));
}
