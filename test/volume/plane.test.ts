import { describe, expect, it } from 'vitest';
import { axial, coronal, cutPlane, sagittal } from '../../lib/volume/plane.ts';
import type { Volume } from '../../lib/volume/volume.ts';

/** 2 × 3 × 2 voxels, each with its own place as a number: x + 10 y + 100 z. */
const volume: Volume = {
  data: Int16Array.from({ length: 12 }, (_, i) => (i % 2) + 10 * (Math.floor(i / 2) % 3) + 100 * Math.floor(i / 6)),
  shape: [2, 3, 2],
  spacingMm: [1, 1, 1],
  affine: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};

describe('a plane of a canonical volume', () => {
  it('is seen from the feet: x to the right of the picture, y down', () => {
    expect([...cutPlane(volume, axial, 1)]).toEqual([100, 101, 110, 111, 120, 121]);
  });
  it('is seen from the front, the head above', () => {
    expect([...cutPlane(volume, coronal, 2)]).toEqual([120, 121, 20, 21]);
  });
  it('is seen from the left, the front at the left and the head above', () => {
    expect([...cutPlane(volume, sagittal, 0)]).toEqual([100, 110, 120, 0, 10, 20]);
  });
  it('has letters at its sides', () => {
    expect([axial, coronal, sagittal].map(({ edges }) => edges.join(''))).toEqual(['RLAP', 'RLSI', 'APSI']);
  });
});
