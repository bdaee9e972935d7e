import { describe, expect, it } from 'vitest';
import { availableMemory, checkMemory, estimateMemory, type RunSize } from '../../lib/train/memory.ts';

const gigabyte = 2 ** 30;
const full: RunSize = { width: 64, gridSize: [512, 512], microBatch: 5, weights: 29_745_154 };
const engine = { name: 'tensorflow', description: 'TensorFlow (CPU)' } as const;
/** Takes the run's own suggestion. */
const follow = (size: RunSize, text: string): RunSize => ({
  ...size,
  ...(/width=(\d+)/.test(text)
    ? {
        width: Number(/width=(\d+)/.exec(text)![1]),
        weights: size.weights * (Number(/width=(\d+)/.exec(text)![1]) / size.width) ** 2,
      }
    : {}),
  ...(/microBatch=(\d+)/.test(text) ? { microBatch: Number(/microBatch=(\d+)/.exec(text)![1]) } : {}),
  ...(/gridSize=\[(\d+),(\d+)\]/.test(text)
    ? { gridSize: [Number(/\[(\d+)/.exec(text)![1]), Number(/,(\d+)/.exec(text)![1])] as const }
    : {}),
});
const refusal = (size: RunSize, available: number): string => {
  try {
    return checkMemory(size, engine, available);
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the memory of a run', () => {
  it('is near the MB measured at width 16 with 4 slices of 256², 32 with 2, and 64 with 1 and 5 of 512²', () => {
    for (const [size, measured] of [
      [{ width: 16, gridSize: [256, 256], microBatch: 4, weights: 1_873_794 }, 952],
      [{ width: 32, gridSize: [256, 256], microBatch: 2, weights: 7_458_562 }, 1086],
      [{ ...full, microBatch: 1, recomputes: true }, 2125],
      [{ ...full, recomputes: true }, 6321],
    ] as const) {
      const estimate = estimateMemory(size, 'tensorflow') / 2 ** 20;
      expect(estimate).toBeGreaterThan(measured);
      expect(estimate).toBeLessThan(1.5 * measured);
    }
  });

  it('is told where it fits', () => {
    expect(checkMemory({ ...full, microBatch: 1 }, engine, 16 * gigabyte)).toMatch(
      /^memory: about \d\.\d GB needed, 16\.0 GB available$/,
    );
    expect(checkMemory(full, { name: 'tensorflow', description: 'TensorFlow (GPU)' })).toMatch(
      /^memory: about \d+\.\d GB needed$/,
    );
  });

  it('that does not fit is refused, and what is suggested instead fits', () => {
    expect(refusal(full, 10 * gigabyte)).toMatch(
      new RegExp(
        '^Expected a run that fits into the 10\\.0 GB of memory available, ' +
          'found one that needs about 1\\d\\.\\d GB; microBatch=3 fits$',
      ),
    );
    for (const available of [10, 4, 2.5, 1.8]) {
      const text = refusal(full, available * gigabyte);
      expect(estimateMemory(follow(full, text.split(';')[1]), 'tensorflow'), text).toBeLessThanOrEqual(
        available * gigabyte,
      );
    }
    expect(refusal(full, 0.1 * gigabyte)).toMatch(/nothing smaller fits either: free some memory$/);
  });

  it('available is at most the 4 GB that WebAssembly can address, and not known on a GPU', () => {
    expect(availableMemory({ name: 'wasm', description: '' })).toBeLessThanOrEqual(4 * gigabyte);
    expect(availableMemory({ name: 'tensorflow', description: 'TensorFlow (GPU)' })).toBeUndefined();
    expect(availableMemory(engine)).toBeGreaterThan(0);
  });
});
