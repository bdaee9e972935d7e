/** A whole patient: reproducible, with the anatomy and the densities of a CT, in an orientation of its own. */
import { describe, expect, it } from 'vitest';
import { makePhantomPatient, type PhantomPatient } from '../../../lib/dataset/phantom/make.ts';
import { sha256 } from '../../../lib/io/files.ts';
import { geometryDifference, orientationCodes } from '../../../lib/volume/orientation.ts';
import { type Vec3, type VoxelArray, voxelVolumeMl } from '../../../lib/volume/volume.ts';

const size: Vec3 = [64, 64, 16];

/** A checksum: comparing millions of voxels one by one would take seconds. */
const bytesSha = ({ buffer, byteOffset, byteLength }: VoxelArray): string =>
  sha256(new Uint8Array(buffer, byteOffset, byteLength));

const huWhere = ({ image, label }: PhantomPatient, value: number): number[] =>
  Array.from(image.data)
    .filter((_, i) => label.data[i] === value)
    .sort((a, b) => a - b);
const middle = (sorted: number[]): number => sorted[sorted.length >> 1]!;

describe('makePhantomPatient', () => {
  const patients = Array.from({ length: 12 }, (_, i) => makePhantomPatient(i + 1, { seed: 1, size: [96, 96, 24] }));

  it('is the same for the same seed and number, and another for another', () => {
    const digest = ({ image, label, ...rest }: PhantomPatient): string =>
      [image, label].map(({ data, ...grid }) => `${bytesSha(data)} ${JSON.stringify(grid)}`).join() +
      JSON.stringify(rest);
    const again = makePhantomPatient(2, { seed: 1, size: [96, 96, 24] });
    expect(digest(again)).toBe(digest(patients[1]!));
    expect(digest(makePhantomPatient(2, { seed: 2, size }))).not.toBe(digest(makePhantomPatient(2, { seed: 1, size })));
  });

  it('gives one patient of each pair a tumour', () => {
    for (let i = 0; i < patients.length; i += 2) {
      expect(
        patients
          .slice(i, i + 2)
          .map((p) => p.group)
          .sort(),
      ).toEqual(['normal', 'tumour']);
    }
    for (const { group, label } of patients) expect(label.data.includes(2)).toBe(group === 'tumour');
  });

  it('has a pancreas of 0.3 to 1 % of the voxels and 35 to 160 ml', () => {
    for (const { label } of patients) {
      const voxels = label.data.reduce((sum, v) => sum + (v > 0 ? 1 : 0), 0);
      expect(voxels / label.data.length).toBeGreaterThan(0.003);
      expect(voxels / label.data.length).toBeLessThan(0.01);
      expect(voxels * voxelVolumeMl(label)).toBeGreaterThan(35);
      expect(voxels * voxelVolumeMl(label)).toBeLessThan(160);
    }
  });

  it('has the densities of a CT: air, fat, an enhanced pancreas and a darker tumour', () => {
    for (const made of patients) {
      const { data } = made.image;
      const share = (low: number, high: number): number =>
        data.reduce((sum, v) => sum + (v >= low && v < high ? 1 : 0), 0) / data.length;
      expect(share(-1025, -900)).toBeGreaterThan(0.25);
      expect(share(-150, -50)).toBeGreaterThan(0.08);
      expect(share(0, 200)).toBeGreaterThan(0.14);
      expect(share(250, 3072)).toBeGreaterThan(0.003);
      const pancreas = middle(huWhere(made, 1));
      expect(pancreas).toBeGreaterThan(65);
      expect(pancreas).toBeLessThan(115);
      if (made.group === 'tumour') expect(middle(huWhere(made, 2))).toBeLessThan(pancreas - 5);
    }
  });

  it('varies grid, spacing, orientation and tilt', () => {
    const different = (read: (p: PhantomPatient) => string): number => new Set(patients.map(read)).size;
    expect(different((p) => p.orientation)).toBeGreaterThan(3);
    expect(different((p) => p.image.shape.join())).toBeGreaterThan(3);
    expect(different((p) => p.image.spacingMm.join())).toBe(12);
    // An axis that is not tilted has one entry in its column of the affine.
    expect(
      different(({ image }) => `${image.affine.slice(0, 12).filter((v, i) => i % 4 < 3 && v !== 0).length > 3}`),
    ).toBe(2);
    for (const { image, label, orientation } of patients) {
      expect(orientationCodes(image.affine)).toBe(orientation);
      expect(geometryDifference(image, label)).toBeUndefined();
    }
  });

  it('has a healthy twin: the same patient without the tumour', () => {
    const index = patients.findIndex((p) => p.group === 'tumour') + 1;
    const [sick, twin] = [false, true].map((withoutTumour) =>
      makePhantomPatient(index, { seed: 1, size, withoutTumour }),
    );
    expect([sick.group, twin.group, twin.label.data.includes(2)]).toEqual(['tumour', 'normal', false]);
    expect(geometryDifference(sick.image, twin.image)).toBeUndefined();
  });

  it('refuses a number or a size that it cannot make', () => {
    expect(() => makePhantomPatient(0, { seed: 1 })).toThrow('Expected a patient number from 1, found 0');
    expect(() => makePhantomPatient(1, { seed: 1, size: [16, 64, 16] })).toThrow('found 16×64×16');
  });
});
