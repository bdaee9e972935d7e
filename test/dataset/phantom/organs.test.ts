/** The solid organs: their densities where the template has them. */
import { describe, expect, it } from 'vitest';
import { paintOrgans } from '../../../lib/dataset/phantom/organs.ts';
import { paintWall } from '../../../lib/dataset/phantom/wall.ts';
import type { Vec3 } from '../../../lib/volume/volume.ts';
import { canvasOf, count, first, second, voxelAt } from './painted.ts';

describe.each([first, second])('paintOrgans of patient $index', (patient) => {
  const canvas = canvasOf(patient);
  const wall = paintWall(canvas, patient);
  const before = canvas.hu.slice();
  paintOrgans(canvas, patient, wall);
  const at = (...place: Vec3): number => canvas.hu[voxelAt(patient, place)];

  it('has liver on the right, spleen on the left, the aorta before the spine', () => {
    // Textures of 4 HU and partial volume leave some room; vessels in the liver are brighter.
    expect(Math.abs(at(-80, -10, 30) - patient.hu.liver)).toBeLessThan(60);
    expect(Math.abs(at(105, 30, 36) - patient.hu.spleen)).toBeLessThan(30);
    expect(at(7, 20, 10)).toBeGreaterThan(patient.hu.fat + 100);
  });
  it('makes the liver the largest organ: more than 0.7 l of its density', () => {
    const { liver } = patient.hu;
    const changed = count(canvas.hu, (hu, v) => before[v] !== hu && Math.abs(hu - liver) < 15);
    expect(changed * 0.25).toBeGreaterThan(700); // voxels of 0.25 ml
  });
  it('stays inside the body and labels nothing', () => {
    expect(canvas.hu[0]).toBe(-1000);
    expect(canvas.label.every((label) => label === 0)).toBe(true);
  });
  it('is the same for the same patient', () => {
    const again = canvasOf(patient);
    paintOrgans(again, patient, paintWall(again, patient));
    expect(Buffer.compare(Buffer.from(again.hu.buffer), Buffer.from(canvas.hu.buffer))).toBe(0);
  });
});
