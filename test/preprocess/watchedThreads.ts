/** node:worker_threads for tests that look at the threads a module starts, or refuse them. */
import type { Worker } from 'node:worker_threads';

export const threads: { readonly started: Worker[]; refuse: boolean } = { started: [], refuse: false };

/** True when all threads have ended; Node then tells -1 for their number. */
export const allEnded = (): boolean => threads.started.every(({ threadId }) => threadId === -1);

/** For vi.mock: the real module with a Worker that is noted in `threads`. */
export function watchThreads(real: typeof import('node:worker_threads')): typeof import('node:worker_threads') {
  class WatchedWorker extends real.Worker {
    constructor(...given: ConstructorParameters<typeof real.Worker>) {
      if (threads.refuse) throw new Error('no thread today');
      super(...given);
      if (given[1]?.name !== 'lease') threads.started.push(this); // that of the folder's lock is tested elsewhere
    }
  }
  return { ...real, Worker: WatchedWorker };
}
