import { describe, expect, it } from 'vitest';
import { applyWindow, neighbourStacks, windowOf } from '../../lib/preprocess/window.ts';

describe('the window', () => {
  it('maps low to 0, high to 1 and clips what lies outside', () => {
    expect([...applyWindow(Int16Array.of(-3024, -160, -60, 40, 240, 3000), [-160, 240])]).toEqual([
      0, 0, 0.25, 0.5, 1, 1,
    ]);
    expect([...applyWindow(Int16Array.of(-1025, -1024, 0, 1, 1024, 1025), [-1024, 1024])]).toEqual([
      0,
      0,
      0.5,
      1025 / 2048,
      1,
      1,
    ]);
  });

  it('takes infinities for their end and what is not a number for 0', () => {
    expect([...applyWindow(Float32Array.of(NaN, Infinity, -Infinity), [-160, 240])]).toEqual([0, 1, 0]);
  });

  it('is soft tissue by default and ±1024 HU in paper mode', () => {
    expect(windowOf('default')).toEqual([-160, 240]);
    expect(windowOf('default', [0, 80])).toEqual([0, 80]);
    expect(windowOf('paper')).toEqual([-1024, 1024]);
    expect(() => windowOf('default', [80, 80])).toThrow(
      'Expected a window low,high in HU with low < high, from -65536 to 65536, found 80,80',
    );
    expect(() => windowOf('default', [NaN, 80])).toThrow('NaN,80');
    // Behind these every slice would be black, and the width of the last would be infinite.
    for (const window of [
      [1e99, 2e99],
      [100_000, 200_000],
      [-1e308, 1e308],
    ] as const)
      expect(() => windowOf('default', window)).toThrow(`from -65536 to 65536, found ${window[0]},${window[1]}`);
  });
});

describe('the stack of neighbours', () => {
  it('holds the slices below, here and above, the edge repeated', () => {
    const volume = {
      data: Int16Array.of(0, 1, 2, 3, 4, 5),
      shape: [2, 1, 3] as const,
      spacingMm: [1, 1, 1] as const,
      affine: [],
    };
    const expected = [
      [0, 1, 0, 1, 2, 3],
      [0, 1, 2, 3, 4, 5],
      [2, 3, 4, 5, 4, 5],
    ].map((values) => values.map((v) => v / 8));
    const inOrder = neighbourStacks(volume, [0, 8]);
    for (const z of [0, 1, 2]) {
      expect([...neighbourStacks(volume, [0, 8])(z)]).toEqual(expected[z]);
      expect([...inOrder(z)]).toEqual(expected[z]);
    }
    expect([...inOrder(0)]).toEqual(expected[0]); // back to the start
    expect([...neighbourStacks(volume, [0, 8], 0)(1)]).toEqual([2, 3, 2, 3, 2, 3].map((v) => v / 8));
  });
});
