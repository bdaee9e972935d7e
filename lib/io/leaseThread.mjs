// The thread of lease.ts: counts up in the second line of a note while the first is its own. It writes into the file
// that it has opened and read, so a note that another process has put in its place stays as it is.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { file, line, renewMs } = workerData;
const own = Buffer.from(line);
let count = 0;

/** Whether the note is still its own. */
function renew() {
  const handle = openSync(file, 'r+');
  try {
    const found = Buffer.alloc(own.length);
    readSync(handle, found, 0, own.length, 0);
    if (!found.equals(own)) return false;
    writeSync(handle, `renewed ${String(++count).padStart(10, '0')}\n`, own.length);
    return true;
  } finally {
    closeSync(handle);
  }
}

const timer = setInterval(() => {
  try {
    if (!renew()) clearInterval(timer);
  } catch (error) {
    if (error.code === 'ENOENT') clearInterval(timer); // else a file server that does not answer now
  }
}, renewMs);
