/**
 * Batches ahead of their use: while the network computes, a thread makes the next ones. They are the very batches of
 * `makeBatch`, which is also what is called where a thread cannot run or would not pay.
 */
import { messageOf } from '../errors.ts';
import { type Batch, type BatchArrays, type BatchRequest, makeBatch } from './batches.ts';
import { BatchThread } from './batchThread.ts';
import type { SliceSet } from './sliceSet.ts';

/** Batches in the order of their requests. */
export interface BatchStream {
  /**
   * The batch of the next request. It may be used until the next call, which takes its arrays back to fill them anew:
   * copy what is to be kept. Throws what `makeBatch` throws, and after the last request.
   */
  next(): Promise<Batch>;
}

/** Makes batches, in a thread of its own where that pays. */
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

/** When a thread is worth its start, and whom to warn where it cannot run. */
export interface LoaderOptions {
  /**
   * The thread is started when making batches has taken so many milliseconds: starting it costs as much, so short runs
   * do without. 100 by default, 0 starts it at once, Infinity never.
   */
  readonly threadAfterMs?: number;
  /** Hears in one line when the thread could not start or ended; console.warn by default. */
  readonly warn?: (message: string) => void;
}

type MakeHere = (request: BatchRequest, arrays?: BatchArrays) => Batch;
type Thread = () => BatchThread | undefined;

/** What gives the batches of `requests`, one a call: from the thread, once there is one, or made here. */
function batchesOf(requests: Iterable<BatchRequest>, ahead: number, thread: Thread, makeHere: MakeHere) {
  const source = requests[Symbol.iterator]();
  /** What the thread was asked for, with its numbers. */
  const pending: { readonly request: BatchRequest; readonly number: number }[] = [];
  let used: BatchArrays | undefined;
  /** Gives used arrays away once: those that the thread gets are gone from here. */
  const takeUsed = ({ indices, grid: { size } }: BatchRequest): BatchArrays | undefined => {
    const arrays = used;
    used = undefined;
    return arrays?.labels.length === indices.length * size[0] * size[1] ? arrays : undefined;
  };
  const askAhead = (): void => {
    const maker = thread();
    while (maker?.isReady() && pending.length < ahead) {
      const { value: request, done } = source.next();
      if (done) return;
      pending.push({ request, number: maker.ask(request, takeUsed(request)) });
    }
  };
  const make = async (): Promise<Batch> => {
    const first = pending.shift();
    if (first) {
      askAhead();
      return (await thread()!.take(first.number)) ?? makeHere(first.request);
    }
    const { value: request, done } = source.next();
    if (done) throw new Error('no batch is left');
    const arrays = takeUsed(request);
    askAhead(); // the thread makes the next ones, while this one is made here
    return makeHere(request, arrays);
  };
  return async (): Promise<Batch> => (used = await make());
}

/** Opens a loader for a slice set; `close` it. Slices in memory get no thread. */
export function openLoader(
  slices: SliceSet,
  { threadAfterMs = 100, warn = console.warn }: LoaderOptions = {},
): BatchLoader {
  let [makingMs, waitedMs, mayStart] = [0, 0, slices.onDisk !== undefined];
  let thread: BatchThread | undefined;
  const tell = (reason: string): void =>
    warn(`Batches are made between the steps, because the thread for them is missing: ${reason}`);

  const startWhenItPays = (): void => {
    if (!mayStart || makingMs < threadAfterMs) return;
    mayStart = false;
    try {
      thread = new BatchThread(slices.onDisk!, slices.manifest, tell);
    } catch (error) {
      tell(messageOf(error));
    }
  };
  const makeHere: MakeHere = ({ indices, grid, options }, arrays) => {
    const begin = performance.now();
    const batch = makeBatch(slices, indices, grid, options, arrays);
    makingMs += performance.now() - begin;
    startWhenItPays();
    return batch;
  };
  startWhenItPays();
  return {
    stream(requests, ahead = 3) {
      const next = batchesOf(requests, ahead, () => thread, makeHere);
      return {
        async next() {
          const begin = performance.now();
          try {
            return await next();
          } finally {
            waitedMs += performance.now() - begin;
          }
        },
      };
    },
    get waitedMs() {
      return waitedMs;
    },
    get isThreaded() {
      return thread?.isReady() ?? false;
    },
    async close() {
      mayStart = false;
      await thread?.close();
    },
  };
}
