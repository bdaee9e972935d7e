/**
 * A thread that makes batches while the main thread is busy with the network. Its replies are read from the port
 * directly, so that a finished batch is there at once, even when the event loop had no turn since.
 */
import { EventEmitter, once } from 'node:events';
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

/** What the thread is asked for. */
export interface Ask {
  readonly number: number;
  readonly request: BatchRequest;
  /** To be used again, of the right lengths. */
  readonly arrays?: BatchArrays;
}

/** What is handed over with a batch instead of copied. */
export const buffersOf = ({ images, labels }: BatchArrays): ArrayBuffer[] =>
  [images, labels].map(({ buffer }) => buffer as ArrayBuffer);

/** An error arrives with its message and its stack, but not as one of its class. */
export type Reply =
  | 'ready'
  | { readonly number: number; readonly batch: Batch }
  | { readonly number: number; readonly error: Error; readonly isUserError: boolean };

/** The thread for the slices of a folder. It never keeps the process alive, except while `take` waits. */
export class BatchThread {
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #onEnd: (reason: string) => void;
  readonly #arrived = new Map<number, Exclude<Reply, 'ready'>>();
  readonly #changes = new EventEmitter();
  #state: 'starting' | 'ready' | 'ended' = 'starting';
  #asked = 0;
  #waiting = 0;

  /** Starts it. `onEnd` hears once why it could not start or ended by itself; it does not hear of `close`. */
  constructor(onDisk: SliceFolder, manifest: Manifest, onEnd: (reason: string) => void) {
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadStart = { port: port2, onDisk, manifest };
    const options = { workerData, transferList: [port2], execArgv: [], name: 'batches' };
    this.#worker = new Worker(new URL('./batchThread.mjs', import.meta.url), options);
    this.#port = port1;
    this.#onEnd = onEnd;
    this.#port.on('message', (reply: Reply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#end(messageOf(error)));
    this.#worker.on('exit', (code) => this.#end(`it ended with exit code ${code}`));
    this.#port.unref();
    this.#worker.unref();
  }

  /** It has started and not ended, so that batches can be asked of it. */
  isReady(): boolean {
    this.#collect();
    return this.#state === 'ready';
  }

  /** Asks for a batch and returns its number. `arrays` are handed over: they are empty afterwards. */
  ask(request: BatchRequest, arrays?: BatchArrays): number {
    const ask: Ask = { number: this.#asked++, request, arrays };
    this.#port.postMessage(ask, arrays ? buffersOf(arrays) : []);
    return ask.number;
  }

  /**
   * The batch asked for, at once where it is finished; undefined when the thread has ended before.
   * Throws what making it threw.
   */
  async take(number: number): Promise<Batch | undefined> {
    for (this.#collect(); !this.#arrived.has(number); this.#collect()) {
      if (this.#state === 'ended') return undefined;
      await this.#change();
    }
    const reply = this.#arrived.get(number)!;
    this.#arrived.delete(number);
    if ('batch' in reply) return reply.batch;
    throw reply.isUserError ? new UserError(reply.error.message) : reply.error;
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    this.#state = 'ended';
    this.#port.close();
    this.#changes.emit('change');
    await this.#worker.terminate();
  }

  #receive(reply: Reply): void {
    if (reply === 'ready') this.#state = 'ready';
    else this.#arrived.set(reply.number, reply);
    this.#changes.emit('change');
  }

  #end(reason: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#port.close();
    this.#onEnd(reason);
    this.#changes.emit('change');
  }

  #collect(): void {
    if (this.#state === 'ended') return;
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port))
      this.#receive(next.message as Reply);
  }

  /** Until something arrives or the thread ends. Meanwhile the process may not end, though nothing else may keep it. */
  async #change(): Promise<void> {
    this.#worker.ref();
    this.#waiting++;
    await once(this.#changes, 'change');
    this.#waiting--;
    if (this.#waiting === 0) this.#worker.unref();
  }
}
