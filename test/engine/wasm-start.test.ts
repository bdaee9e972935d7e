import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { wasmBackend } from '../../lib/engine/wasm/heap.ts';
import { startWasm } from '../../lib/engine/wasm/start.ts';
import { UserError } from '../../lib/errors.ts';

describe('the wasm engine', () => {
  it('starts from the installed package and says which binary runs', async () => {
    expect(await startWasm()).toMatch(/^wasm \((no )?SIMD\)$/);
    expect(tf.getBackend()).toBe('wasm');
    expect(await startWasm()).toMatch(/^wasm/);
  });

  it('refuses a tensor that its memory cannot hold', async () => {
    await startWasm();
    // Reserved but never written, so that the test needs no memory.
    const reserve = () => wasmBackend().makeOutput([384 * 2 ** 20], 'float32');
    const reserved = [reserve(), reserve()];
    expect(reserve).toThrow(UserError);
    expect(reserve).toThrow(/Expected 1536 MiB for a tensor, found the 4 GiB/);
    for (const { dataId } of reserved) wasmBackend().disposeData(dataId);
    expect(Array.from(await tf.add([1, 2], [3, 4]).data())).toEqual([4, 6]);
  });
});
