import { describe, expect, it } from 'vitest';
import { labelShares } from '../../notebooks/lessons/labelShares.ts';
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
});
