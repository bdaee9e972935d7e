import { describe, expect, it } from 'vitest';
import { labelShares, sliceCounts } from '../../notebooks/lessons/labelShares.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

describe('the label histogram', () => {
  it('counts foreground and background of each slice', () => {
    const slice = (id: string, label: Uint8Array) => ({
      id,
      patient: 'p',
      height: 2,
      width: 4,
      image: new Float32Array(24),
      label,
    });
    const { entries } = slicesInMemory([
      slice('a', Uint8Array.of(0, 1, 1, 0, 0, 0, 0, 0)),
      slice('b', new Uint8Array(8)),
    ]);
    expect(labelShares(entries)).toEqual([
      { id: 'a', patient: 'p', z: 0, foreground: 2, background: 6, share: 0.25 },
      { id: 'b', patient: 'p', z: 0, foreground: 0, background: 8, share: 0 },
    ]);
  });

  it('counts slices, patients, slices with pancreas and those that the paper would keep', () => {
    const share = (patient: string, foreground: number) => ({
      id: patient,
      patient,
      z: 0,
      foreground,
      background: 100 - foreground,
      share: foreground / 100,
    });
    const shares = [share('p', 0), share('p', 31), share('p', 32), share('q', 50)];
    const counts = { slices: 4, patients: 2, withPancreas: 3, keptByPaper: 2 };
    expect(sliceCounts(shares, { paperMinimumPixels: 32 })).toEqual(counts);
    const none = { slices: 0, patients: 0, withPancreas: 0, keptByPaper: 0 };
    expect(sliceCounts([], { paperMinimumPixels: 32 })).toEqual(none);
  });
});
