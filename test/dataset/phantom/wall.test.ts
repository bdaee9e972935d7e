/** The wall of the body: what lies where. */
import { describe, expect, it } from 'vitest';
import { paintWall, wallOf } from '../../../lib/dataset/phantom/wall.ts';
import { canvasOf, count, first, voxelAt } from './painted.ts';

describe('wallOf', () => {
  it('has 7 mm of fat at the sides of a lean patient and 29 mm of an obese one, round the same muscles', () => {
    const [lean, obese] = [0, 1].map((adiposity) => wallOf({ ...first, adiposity }));
    expect([lean.outline.halfWidth, obese.outline.halfWidth]).toEqual([139 + 7, 139 + 29]);
    expect(lean.muscle.distance(138, 0, 0)).toBeCloseTo(0, 9);
    expect(obese.muscle.distance(138, 0, 0)).toBeCloseTo(0, 9);
  });
  it('has the cavity inside the muscles, and those inside the skin', () => {
    const { skin, muscle, cavity } = wallOf(first);
    for (const [x, y] of [
      [126, 0],
      [0, -87],
      [0, 75],
    ]) {
      expect(cavity.distance(x, y, 0)).toBeCloseTo(0, 9);
      expect(muscle.distance(x, y, 0)).toBeLessThan(-5);
      expect(skin.distance(x, y, 0)).toBeLessThan(muscle.distance(x, y, 0));
    }
  });
});

describe('paintWall', () => {
  const canvas = canvasOf(first);
  const wall = paintWall(canvas, first);

  it('leaves air round the body and fat in the cavity', () => {
    expect(canvas.hu[0]).toBe(-1000);
    const cavity = canvas.hu[voxelAt(first, [0, -40, -20])];
    expect(cavity).toBeGreaterThan(first.hu.fat - 20);
    expect(cavity).toBeLessThan(first.hu.fat + 80); // strands of the mesentery
    expect(wall.outline).toEqual(wallOf(first).outline);
  });
  it('has a spine in the back and lungs above the diaphragm', () => {
    // Vertebral bodies alone: an ellipse of 24 × 20 mm over 160 mm, less the discs, is 190 ml in voxels of 0.25 ml.
    expect(count(canvas.hu, (hu) => hu > 130)).toBeGreaterThan(760);
    expect(canvas.hu[voxelAt(first, [0, 48, 10])]).toBeGreaterThan(80);
    const lung = count(canvas.hu, (hu) => hu > -950 && hu < -600);
    expect(lung).toBeGreaterThan(100);
  });
  it('labels nothing', () => expect(canvas.label.every((label) => label === 0)).toBe(true));
});
