import { describe, expect, it } from 'vitest';
import { bodyBox, isWhole } from '../../lib/view/bodyBox.ts';
import { fill, label, scan, scanShape } from './makeScan.ts';

describe('the box of the body', () => {
  // Body x 8…15, y 7…12; ⌈5 mm / spacing⌉ = 3, 3, 1 voxels around it.
  it('leaves out the air but a margin', () => {
    expect(bodyBox(scan, [])).toEqual({ start: [5, 4, 0], shape: [14, 12, 10] });
  });

  it('leaves out a table that does not touch the body', () => {
    const table = fill(Int16Array, (x, y, z) => (y === 19 && z > 3 ? 100 : scan.data[x + 24 * (y + 20 * z)]!));
    expect(bodyBox(table, [])).toEqual(bodyBox(scan, []));
  });

  it('holds every voxel of the masks', () => {
    const far = fill(Uint8Array, (x, y, z) => Number(x === 23 && y === 0 && z === 9));
    expect(bodyBox(scan, [label, far])).toEqual({ start: [5, 0, 0], shape: [19, 16, 10] });
  });

  it('is everything where all is air, or all is body', () => {
    for (const hu of [-1000, 40]) {
      const box = bodyBox(
        fill(Int16Array, () => hu),
        [],
      );
      expect(box).toEqual({ start: [0, 0, 0], shape: scanShape });
      expect(isWhole(box, scanShape)).toBe(true);
    }
    expect(isWhole(bodyBox(scan, []), scanShape)).toBe(false);
  });

  it('finds the body of a large volume on a part of its voxels', () => {
    const shape = [300, 200, 120] as const; // 7.2 million: every second voxel along each axis
    const data = new Int16Array(shape[0] * shape[1] * shape[2]).fill(-1000);
    for (let z = 0; z < 120; z++)
      for (let y = 60; y < 141; y++) data.fill(30, 101 + 300 * (y + 200 * z), 200 + 300 * (y + 200 * z));
    const { start, shape: size } = bodyBox({ data, shape, spacingMm: [1, 1, 1], affine: [] }, []);
    expect(start[0]).toBeLessThanOrEqual(101 - 5);
    expect(start[0]).toBeGreaterThanOrEqual(101 - 5 - 4);
    expect(start[1]).toBeLessThanOrEqual(60 - 5);
    expect(start[0] + size[0]).toBeGreaterThanOrEqual(200 + 5);
    expect(start[0] + size[0]).toBeLessThanOrEqual(200 + 5 + 4);
    expect([start[2], size[2]]).toEqual([0, 120]);
  });
});
