/** Painting solids with partial volume: what a voxel gets, by hand. */
import { describe, expect, it } from 'vitest';
import { Canvas, coverage } from '../../../lib/dataset/phantom/canvas.ts';
import { ellipsoid } from '../../../lib/dataset/phantom/solids.ts';
import { Random } from '../../../lib/random.ts';

const shape = [32, 32, 16] as const;
const newCanvas = (): Canvas =>
  new Canvas({ shape, spacingMm: [4, 4, 6], centreMm: [0, 0, 0], scale: [1, 1, 1] }, Random.stream(1, 'canvas'));
const ball = ellipsoid([0, 0, 0], [36, 36, 36]);
const middle = 16 + 32 * (16 + 32 * 8);

describe('coverage', () => {
  it('goes from 0 to 1 over the width of the edge, and is a half at the surface', () => {
    expect([-9, -2, -1, 0, 1, 2, 9].map((depth) => coverage(depth, 4))).toEqual([0, 0, 0.25, 0.5, 0.75, 1, 1]);
  });
});

describe('Canvas', () => {
  it('begins empty, with fields of mean 0 and deviation 1', () => {
    const { hu, label, fine, edgeMm } = newCanvas();
    expect([hu.length, label.length, edgeMm]).toEqual([16384, 16384, 4]);
    expect(hu.every((v) => v === 0) && label.every((v) => v === 0)).toBe(true);
    const mean = fine.reduce((sum, v) => sum + v, 0) / fine.length;
    expect(Math.abs(mean)).toBeLessThan(0.2);
    expect(fine.reduce((sum, v) => sum + v * v, 0) / fine.length - mean ** 2).toBeCloseTo(1, 0);
  });

  it('gives a voxel its share of the solid, and the label where that is more than a half', () => {
    const canvas = newCanvas();
    canvas.paint(ball, 100, { label: 1 });
    expect([canvas.hu[middle], canvas.label[middle]]).toEqual([100, 1]);
    expect([canvas.hu[0], canvas.label[0]]).toEqual([0, 0]);
    canvas.hu.forEach((v, i) => expect(canvas.label[i]).toBe(Number(v > 50)));
    const partial = canvas.hu.filter((v) => v > 0 && v < 100).length;
    expect(partial).toBeGreaterThan(100); // a surface of 4π 36² mm² is crossed by voxels of 4 × 4 × 6 mm
    // The ball's 195 ml, bent, in voxels of 0.096 ml.
    expect(canvas.hu.reduce((sum, v) => sum + v / 100, 0) * 0.096).toBeGreaterThan(195 * 0.8);
    expect(canvas.hu.reduce((sum, v) => sum + v / 100, 0) * 0.096).toBeLessThan(195 * 1.2);
  });

  it('mixes with what was there by its opacity, and hides the label below only where it covers', () => {
    const canvas = newCanvas();
    canvas.paint(ball, 100, { label: 1 });
    canvas.paint(ball, 0, { opacity: 0.25 });
    expect([canvas.hu[middle], canvas.label[middle]]).toEqual([75, 1]);
    canvas.paint(ellipsoid([0, 0, 0], [20, 20, 20]), 40);
    expect([canvas.hu[middle], canvas.label[middle]]).toEqual([40, 0]);
  });

  it('lays a rim round a solid, and asks a material for the depth of each voxel', () => {
    const canvas = newCanvas();
    const depths: number[] = [];
    canvas.paint(
      ball,
      (_voxel, depth) => {
        depths.push(depth);
        return 100;
      },
      { rim: { mm: 8, hu: -100, opacity: 1 } },
    );
    expect(canvas.hu[middle]).toBe(100);
    expect(canvas.hu.filter((v) => v === -100).length).toBeGreaterThan(100);
    expect(Math.min(...depths)).toBeGreaterThan(-2); // half an edge outside
    expect(Math.max(...depths)).toBeLessThanOrEqual(36);
  });
});
