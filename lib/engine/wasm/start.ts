/** Starts WebAssembly as the engine. */
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { registerWasmKernels } from './kernels.ts';

/**
 * Makes `wasm` the backend of tfjs, able to train: loads the binary from the installed package (no network) and adds the
 * missing kernels. Returns a short description of what was started. Throws when the binary cannot be loaded. Its
 * memory ends at 4 GiB.
 */
export async function startWasm(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(path.dirname(main) + path.sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('The wasm backend of tfjs did not start');
  registerWasmKernels();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return simd ? 'wasm (SIMD)' : 'wasm (no SIMD)';
}
