/** What runs in the thread: makes one batch after the other, in the order they were asked for. See batchThread.ts. */
import { workerData } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import { makeBatch } from './batches.ts';
import { type Ask, buffersOf, type Reply, type ThreadStart } from './batchThread.ts';
import { slicesIn } from './sliceSet.ts';

const { port, onDisk, manifest } = workerData as ThreadStart;
const slices = slicesIn(onDisk, manifest);

port.on('message', ({ number, request, arrays }: Ask) => {
  try {
    const batch = makeBatch(slices, request.indices, request.grid, request.options, arrays);
    const reply: Reply = { number, batch };
    port.postMessage(reply, buffersOf(batch));
  } catch (error) {
    const isUserError = error instanceof UserError;
    port.postMessage({ number, error: error as Error, isUserError } satisfies Reply);
  }
});
port.postMessage('ready' satisfies Reply);
