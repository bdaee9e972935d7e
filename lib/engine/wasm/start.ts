/** Starts WebAssembly as the engine. */
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { placeWasmFiles } from '#system/wasmFiles';
import { UserError } from '../errors.ts';
import { wasmBackend } from './heap.ts';
import { registerWasmKernels } from './kernels.ts';

let guarded = false;

/**
 * Makes `wasm` the backend of tfjs, able to train: loads the binary from the installed package (no network) and adds
 * the missing kernels. Returns a short description of what was started. Throws when the binary cannot be loaded. What
 * is computed later throws a UserError where it needs more than the 4 GiB that WebAssembly can address.
 */
export async function startWasm(): Promise<string> {
  placeWasmFiles();
  if (!(await tf.setBackend('wasm'))) throw new Error('The wasm backend of tfjs did not start');
  refuseFailedAllocations();
  registerWasmKernels();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  // several threads in browsers alone, and there where a page is isolated from others
  const threads = simd && (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) ? getThreadsCount() : 1;
  return `wasm (${simd ? 'SIMD' : 'no SIMD'}${threads > 1 ? `, ${threads} threads` : ''})`;
}

/** Without this a tensor that does not fit is put at address 0 without a word, over the program's own data. */
function refuseFailedAllocations(): void {
  if (guarded) return;
  guarded = true;
  const wasm = wasmBackend().wasm as unknown as { _malloc(bytes: number): number; _free(address: number): void };
  wasm._free(wasm._malloc(1)); // The first call puts the real function into `_malloc`.
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address || bytes === 0) return address;
    const needed = Math.ceil(bytes / 2 ** 20);
    throw new UserError(
      `Expected ${needed} MiB for a tensor, found the 4 GiB of the wasm engine used up: ` +
        'take smaller images, batches or width',
    );
  };
}
