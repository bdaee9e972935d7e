import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slicesInMemory } from '../../lib/preprocess/sliceSet.ts';
import { intensityHistogram, labelShares } from '../../lib/preprocess/statistics.ts';

describe('the label histogram', () => {
  it('counts foreground and background of each slice', () => {
    const slice = (id: string, label: Uint8Array) => ({ id, patient: 'p', height: 2, width: 4, image: new Float32Array(24), label });
    const { entries } = slicesInMemory([slice('a', Uint8Array.of(0, 1, 1, 0, 0, 0, 0, 0)), slice('b', new Uint8Array(8))]);
    expect(labelShares(entries)).toEqual([
      { id: 'a', patient: 'p', z: 0, foreground: 2, background: 6, share: 0.25 },
      { id: 'b', patient: 'p', z: 0, foreground: 0, background: 8, share: 0 },
    ]);
  });
});

describe('the histogram', () => {
  it('puts limits into the bin that they open, and the end into the last', () => {
    // numpy.histogram([0, 1, 1, 2, 3, 4, 4], bins=4, range=(0, 4)) gives [1, 2, 1, 3]
    expect(intensityHistogram(Int16Array.of(0, 1, 1, 2, 3, 4, 4, -1, 5, 6), [0, 4], 4)).toEqual({ edges: [0, 1, 2, 3, 4], counts: [1, 2, 1, 3], below: 1, above: 2, notNumbers: 0 });
    expect(intensityHistogram(Float32Array.of(NaN, 0.5), [0, 1], 1)).toMatchObject({ counts: [1], notNumbers: 1 });
  });

  it('accounts for every value', () => {
    fc.assert(fc.property(fc.float32Array(), fc.integer({ min: 1, max: 50 }), (values, bins) => {
      const { counts, below, above, notNumbers } = intensityHistogram(values, [-10, 10], bins);
      expect(counts.reduce((a, b) => a + b) + below + above + notNumbers).toBe(values.length);
    }));
  });

  it('refuses an empty range', () => {
    expect(() => intensityHistogram(Int16Array.of(1), [1, 1], 4)).toThrow('Expected a range low < high and at least one bin, found 1..1 in 4');
  });
});
