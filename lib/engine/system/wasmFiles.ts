/** Where the binaries of WebAssembly lie. What a browser has instead: browser/wasmFiles.ts. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** Makes tfjs take its binaries from the installed package, which needs no network. */
export const placeWasmFiles = (): void =>
  setWasmPaths(path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
