/**
 * A thread that makes batches while the main thread is busy with the network. Its replies are read from the port
 * directly, so that a finished batch is there at once, even when the event loop had no turn since.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { messageOf, UserError } from '../errors.ts';
import type { Batch, BatchArrays, BatchRequest } from './batches.ts';
import type { Manifest } from './manifest.ts';
import type { SliceFolder } from './sliceSet.ts';

/** What the thread is given at its start. */
export interface ThreadStart {
  readonly port: MessagePort;
  readonly onDisk: SliceFolder;
  readonly manifest: Manifest;
}

export interface Ask {
  readonly number: number;
  readonly request: BatchRequest;
  /** To be used again, of the right lengths. */
  readonly arrays?: BatchArrays;
}

interface Failure {
  readonly isUserError: boolean;
  readonly message: string;
  readonly stack?: string;
}

export type Reply =
  | 'ready'
  | { readonly number: number; readonly batch: Batch }
  | { readonly number: number; readonly failure: Failure };

export interface BatchThread {
  /** It has started and not ended, so that batches can be asked of it. */
  isReady(): boolean;
  /** Asks for a batch and returns its number. `arrays` are handed over: they are empty afterwards. */
  ask(request: BatchRequest, arrays?: BatchArrays): number;
  /**
   * The batch asked for, at once where it is finished; undefined when the thread has ended before. Throws what making
   * it threw.
   */
  take(number: number): Promise<Batch | undefined>;
  /** Ends the thread, whatever it does. */
  close(): Promise<void>;
}

const asError = ({ isUserError, message, stack }: Failure): Error =>
  isUserError ? new UserError(message) : Object.assign(new Error(message), { stack });

/**
 * Starts a thread for the slices of a folder. It never keeps the process alive, except while `take` waits.
 * `onEnd` hears once why it could not start or ended by itself; it does not hear of `close`.
 */
export function startBatchThread(
  onDisk: SliceFolder,
  manifest: Manifest,
  onEnd: (reason: string) => void,
): BatchThread {
  const { port1: port, port2 } = new MessageChannel();
  const start: ThreadStart = { port: port2, onDisk, manifest };
  const worker = new Worker(new URL('./batchThread.mjs', import.meta.url), {
    workerData: start,
    transferList: [port2],
    execArgv: [],
    name: 'batches',
  });
  const arrived = new Map<number, Exclude<Reply, 'ready'>>();
  let [state, count] = ['starting' as 'starting' | 'ready' | 'ended', 0];
  const waiting = new Set<() => void>();
  const wake = (): void => waiting.forEach((resume) => resume());

  const receive = (reply: Reply): void => {
    if (reply === 'ready') state = 'ready';
    else arrived.set(reply.number, reply);
    wake();
  };
  const end = (reason: string): void => {
    if (state === 'ended') return;
    state = 'ended';
    port.close();
    onEnd(reason);
    wake();
  };
  const collect = (): void => {
    if (state === 'ended') return;
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) receive(next.message as Reply);
  };
  port.on('message', receive);
  worker.on('error', (error) => end(messageOf(error)));
  worker.on('exit', (code) => end(`it ended with exit code ${code}`));
  port.unref();
  worker.unref();

  /** Until something arrives or the thread ends. The process may not end meanwhile, though nothing else may keep it. */
  const wait = async (): Promise<void> => {
    worker.ref();
    await new Promise<void>((resolve) => {
      const resume = (): void => {
        waiting.delete(resume);
        resolve();
      };
      waiting.add(resume);
    });
    if (waiting.size === 0) worker.unref();
  };
  return {
    isReady() {
      collect();
      return state === 'ready';
    },
    ask(request, arrays) {
      const ask: Ask = { number: count++, request, arrays };
      port.postMessage(ask, arrays ? [arrays.images.buffer as ArrayBuffer, arrays.labels.buffer as ArrayBuffer] : []);
      return ask.number;
    },
    async take(number) {
      for (collect(); !arrived.has(number); collect()) {
        if (state === 'ended') return undefined;
        await wait();
      }
      const reply = arrived.get(number)!;
      arrived.delete(number);
      if ('failure' in reply) throw asError(reply.failure);
      return reply.batch;
    },
    async close() {
      state = 'ended';
      port.close();
      wake();
      await worker.terminate();
    },
  };
}
