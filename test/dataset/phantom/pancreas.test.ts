/** The gland, its tumour and its duct. */
import { describe, expect, it } from 'vitest';
import { paintPancreas, pancreasOf, tumourLabel } from '../../../lib/dataset/phantom/pancreas.ts';
import type { Patient } from '../../../lib/dataset/phantom/patient.ts';
import { canvasOf, count, withoutTumour, withTumour } from './painted.ts';

const pancreasLabel = 1;

const painted = (patient: Patient) => {
  const canvas = canvasOf(patient);
  canvas.hu.fill(patient.hu.fat);
  paintPancreas(canvas, patient, pancreasOf(patient));
  return canvas;
};

describe('pancreasOf', () => {
  it('is a tube along its path, with the head inside, from the right to the left of the patient', () => {
    for (const patient of [withTumour, withoutTumour]) {
      const { path, solid, headMm } = pancreasOf(patient);
      for (const [x, y, z, radius] of path) expect(solid.distance(x, y, z)).toBeLessThanOrEqual(-radius + 1e-6);
      expect(solid.distance(...headMm)).toBeLessThan(0);
      expect(headMm[0]).toBeLessThan(path.at(-1)![0] - 60);
    }
  });
  it('is thinner behind a tumour than the same gland without', () => {
    const { path } = pancreasOf(withTumour);
    const healthy = pancreasOf({ ...withTumour, tumour: undefined }).path;
    expect(healthy).toHaveLength(path.length);
    const end = path.length - 1;
    expect(path[end][3] / healthy[end][3]).toBeCloseTo(0.86, 9);
    expect(path[0][3]).toBeCloseTo(healthy[0][3], 9);
  });
});

describe('paintPancreas', () => {
  it('labels the gland 1, and a tumour 2 only where there is one', () => {
    const [sick, healthy] = [painted(withTumour), painted(withoutTumour)];
    const voxels = (canvas: typeof sick, label: number): number => count(canvas.label, (each) => each === label);
    expect(voxels(healthy, pancreasLabel) * 0.25).toBeGreaterThan(30); // ml
    expect(voxels(healthy, tumourLabel)).toBe(0);
    expect(voxels(sick, pancreasLabel)).toBeGreaterThan(voxels(sick, tumourLabel));
    expect(voxels(sick, tumourLabel)).toBeGreaterThan(0);
  });
  it('has the density of the gland in its label, lower in the tumour, and bright veins outside of the label', () => {
    const { hu, label } = painted(withTumour);
    const mean = (of: number): number =>
      hu.reduce((sum, v, i) => sum + (label[i] === of ? v : 0), 0) / count(label, (each) => each === of);
    expect(mean(pancreasLabel)).toBeGreaterThan(withTumour.hu.pancreas - 45); // partial volume with fat, and the duct
    expect(mean(pancreasLabel)).toBeLessThan(withTumour.hu.pancreas + 10);
    expect(mean(tumourLabel)).toBeLessThan(withTumour.hu.pancreas - 10);
    expect(count(hu, (v, i) => v > 130 && label[i] === 0)).toBeGreaterThan(20);
  });
});
