/** The binaries of WebAssembly as the page brings them: nothing is fetched. */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** A binary by name, such as `tfjs-backend-wasm-simd.wasm`; undefined where the page has none. */
type Binaries = (name: string) => Uint8Array | undefined;

let binaries: Binaries = () => undefined;

/** Tells from where the binaries are taken; before the engine starts. */
export function bringWasmFiles(bring: Binaries): void {
  binaries = bring;
}

/** More threads than this share too little work; tfjs takes at most half of the processor's. */
const mostThreads = 8;

/** Makes tfjs take its binaries from memory, in place of the fetch that it would make. */
export function placeWasmFiles(): void {
  setWasmPaths('', true);
  setThreadsCount(Math.min(mostThreads, navigator.hardwareConcurrency));
  tf.env().platform!.fetch = async (name: string) => {
    const bytes = binaries(name);
    if (!bytes) throw new Error(`the page brings no ${name}`);
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/wasm' } });
  };
}
