/**
 * Batches ahead of their use: while the network computes, a thread makes the next ones. They are the very batches of
 * `makeBatch`, which is also what is called where a thread cannot run or would not pay.
 */
import { startBatchThread, type BatchThread } from './batchThread.ts';
import { makeBatch, type Batch, type BatchArrays, type BatchRequest } from './batches.ts';
import { messageOf } from '../errors.ts';
import type { SliceSet } from './sliceSet.ts';

export interface BatchStream {
  /**
   * The batch of the next request. It may be used until the next call, which takes its arrays back to fill them anew:
   * copy what is to be kept. Throws what `makeBatch` throws, and after the last request.
   */
  next(): Promise<Batch>;
}

export interface BatchLoader {
  /** The batches of `requests`, in their order; up to `ahead` are made before they are asked for (3 by default). */
  stream(requests: Iterable<BatchRequest>, ahead?: number): BatchStream;
  /** Milliseconds between asking for batches and having them, all streams together. */
  readonly waitedMs: number;
  /** True while a thread makes the batches. */
  readonly isThreaded: boolean;
  /** Ends the thread. Streams go on without it. */
  close(): Promise<void>;
}

export interface LoaderOptions {
  /**
   * The thread is started when making batches has taken so many milliseconds: starting it costs as much, so short runs
   * do without. 100 by default, 0 starts it at once, Infinity never.
   */
  readonly threadAfterMs?: number;
  /** Hears in one line when the thread could not start or ended; console.warn by default. */
  readonly warn?: (message: string) => void;
}

/** A request on its way; `number` is the thread's. */
interface Pending { readonly request: BatchRequest; readonly number: number }

/** Opens a loader for a slice set; `close` it. Slices in memory get no thread. */
export function openLoader(slices: SliceSet, { threadAfterMs = 100, warn = console.warn }: LoaderOptions = {}): BatchLoader {
  let [makingMs, waitedMs, closed] = [0, 0, false];
  let thread: BatchThread | undefined;
  const tell = (reason: string): void => warn(`Batches are made between the steps, because the thread for them is missing: ${reason}`);

  const startWhenItPays = (): void => {
    if (thread || closed || slices.folder === undefined || makingMs < threadAfterMs) return;
    try {
      thread = startBatchThread(slices.folder, slices.manifest, tell);
    } catch (error) {
      closed = true;
      tell(messageOf(error));
    }
  };
  const makeHere = ({ indices, grid, options }: BatchRequest, arrays?: BatchArrays): Batch => {
    const begin = performance.now();
    const batch = makeBatch(slices, indices, grid, options, arrays);
    makingMs += performance.now() - begin;
    startWhenItPays();
    return batch;
  };

  /** The arrays, where they have the right lengths for the request. */
  const fitting = ({ indices, grid: { size } }: BatchRequest, arrays: BatchArrays | undefined): BatchArrays | undefined =>
    (arrays?.labels.length === indices.length * size[0] * size[1] ? arrays : undefined);

  const stream = (requests: Iterable<BatchRequest>, ahead = 3): BatchStream => {
    const source = requests[Symbol.iterator]();
    const pending: Pending[] = [];
    let used: BatchArrays | undefined;
    /** Each array is taken once only: those that the thread has are gone from here. */
    const takeUsed = (request: BatchRequest): BatchArrays | undefined => {
      const arrays = fitting(request, used);
      used = undefined;
      return arrays;
    };
    const askAhead = (): void => {
      while (thread?.isReady() && pending.length < ahead) {
        const { value: request, done } = source.next();
        if (done) return;
        pending.push({ request, number: thread.ask(request, takeUsed(request)) });
      }
    };
    const make = async (): Promise<Batch> => {
      const first = pending.shift();
      if (first) {
        askAhead();
        return (await thread!.take(first.number)) ?? makeHere(first.request);
      }
      const { value: request, done } = source.next();
      if (done) throw new Error('no batch is left');
      const arrays = takeUsed(request);
      askAhead();
      return makeHere(request, arrays);
    };
    return {
      async next() {
        const begin = performance.now();
        try {
          const batch = await make();
          used = batch;
          return batch;
        } finally {
          waitedMs += performance.now() - begin;
        }
      },
    };
  };

  startWhenItPays();
  return {
    stream,
    get waitedMs() { return waitedMs; },
    get isThreaded() { return thread?.isReady() ?? false; },
    async close() {
      closed = true;
      await thread?.close();
    },
  };
}
