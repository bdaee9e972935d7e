import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellSizes, surfaceElements, surfaceVoxels } from '../../lib/evaluate/surfaceElements.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

/** Sizes printed by surface-distance; made by peers.py. */
const peer = (
  JSON.parse(readFileSync(new URL('peers.json', import.meta.url), 'utf8')) as {
    sizes: { spacing: Vec3; areas: number[]; lengths: number[] };
  }
).sizes;

/** Their bit for corner (x, y, z) is 7 - 4x - 2y - z, in 2-D 3 - 2x - y; ours is y + 2z + 4x. */
function theirCode(code: number, dimensions: 2 | 3): number {
  let theirs = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [x, y, z] = [corner >> 2, corner & 1, (corner >> 1) & 1];
    if (((code >> corner) & 1) === 0 || (dimensions === 2 && z === 1)) continue;
    theirs |= 1 << (dimensions === 3 ? 7 - 4 * x - 2 * y - z : 3 - 2 * x - y);
  }
  return theirs;
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** A box of foreground inside one voxel of background on each side (none along z in 2-D). */
function box([a, b, c]: Vec3, flat = false): { mask: Uint8Array; shape: Vec3 } {
  const shape: Vec3 = [a + 2, b + 2, flat ? 1 : c + 2];
  const mask = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0; z < (flat ? 1 : c); z++)
    for (let y = 0; y < b; y++)
      for (let x = 0; x < a; x++) mask[x + 1 + shape[0] * (y + 1 + shape[1] * (z + (flat ? 0 : 1)))] = 1;
  return { mask, shape };
}

describe('surface elements', () => {
  it('have the areas of surface-distance for all 256 cells', () => {
    const ours = cellSizes(peer.spacing, 3);
    for (let code = 0; code < 256; code++)
      expect(ours[code], code.toString(2)).toBeCloseTo(peer.areas[theirCode(code, 3)], 7);
  });

  it('have its lengths for all 16 cells in 2-D', () => {
    const ours = cellSizes(peer.spacing, 2);
    for (let square = 0; square < 16; square++) {
      const code = [0, 1, 2, 3].reduce(
        (all, bit) => all | (((square >> bit) & 1) * (bit < 2 ? 0b101 << bit : 0b101 << (bit + 2))),
        0,
      );
      expect(ours[code], code.toString(2)).toBeCloseTo(peer.lengths[theirCode(code, 2)], 7);
    }
  });

  it('of a single voxel are the eight triangles of an octahedron', () => {
    const { mask, shape } = box([1, 1, 1]);
    const { points, sizes } = surfaceElements(mask, shape, cellSizes([1, 1, 1], 3));
    expect(points).toHaveLength(8);
    expect(sum(sizes)).toBeCloseTo(Math.sqrt(3), 12);
  });

  it('of a large box come close to its faces, and of a 2-D box to its sides', () => {
    const { mask, shape } = box([40, 30, 20]);
    const spacing: Vec3 = [1, 2, 3];
    const faces = 2 * (40 * 60 + 40 * 60 + 60 * 60);
    expect(sum(surfaceElements(mask, shape, cellSizes(spacing, 3)).sizes) / faces).toBeCloseTo(1, 1);
    const flat = box([40, 30, 1], true);
    const outline = 2 * (39 + 2 * 29) + 4 * Math.hypot(0.5, 1);
    expect(sum(surfaceElements(flat.mask, flat.shape, cellSizes(spacing, 2)).sizes)).toBeCloseTo(outline, 9);
  });

  it('and surface voxels of an empty mask are none', () => {
    expect(surfaceElements(new Uint8Array(27), [3, 3, 3], cellSizes([1, 1, 1], 3)).points).toHaveLength(0);
    expect(surfaceVoxels(new Uint8Array(27), [3, 3, 3]).points).toHaveLength(0);
  });
});

describe('surface voxels', () => {
  it('are those with background behind a face: all but the inner ones', () => {
    const { mask, shape } = box([5, 4, 3]);
    expect(surfaceVoxels(mask, shape).points).toHaveLength(5 * 4 * 3 - 3 * 2 * 1);
    const flat = box([5, 4, 1], true);
    expect(surfaceVoxels(flat.mask, flat.shape).points).toHaveLength(5 * 4 - 3 * 2);
  });
});
