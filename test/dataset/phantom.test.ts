import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makePhantomCohort,
  makePhantomPatient,
  type PhantomPatient,
  phantomProfiles,
} from '../../lib/dataset/phantom.ts';
import { sha256, sha256File } from '../../lib/io/files.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { geometryDifference, orientationCodes } from '../../lib/volume/orientation.ts';
import { type VoxelArray, voxelVolumeMl } from '../../lib/volume/volume.ts';

const { size } = phantomProfiles.tiny;

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

  it('refuses a number or a size that it cannot make', () => {
    expect(() => makePhantomPatient(0, { seed: 1 })).toThrow('Expected a patient number from 1, found 0');
    expect(() => makePhantomPatient(1, { seed: 1, size: [16, 64, 16] })).toThrow('found 16×64×16');
  });
});

describe('makePhantomCohort', () => {
  let folder: string;
  const read = async (): Promise<{
    training: { image: string; label: string; group: string; sha256: Record<'image' | 'label', string> }[];
    [key: string]: unknown;
  }> => JSON.parse(await readFile(path.join(folder, 'dataset.json'), 'utf8'));
  const make = (patients: number, seed = 1): Promise<void> =>
    makePhantomCohort(folder, { profile: 'tiny', patients, seed });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-phantom-'));
    await make(4);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes the Decathlon layout with checksums, groups and a README', async () => {
    const json = await read();
    expect(json.labels).toEqual({ background: 0, pancreas: 1, tumour: 2 });
    expect(json.numTraining).toBe(4);
    expect(json.generator).toEqual({ name: 'axunet phantom', version: 2, seed: 1, size: [...size] });
    expect(json.training.map((entry) => entry.image)).toEqual(
      [1, 2, 3, 4].map((i) => `imagesTr/phantom_00${i}.nii.gz`),
    );
    expect(json.training.filter((entry) => entry.group === 'tumour')).toHaveLength(2);
    for (const entry of json.training) {
      for (const part of ['image', 'label'] as const)
        expect(await sha256File(path.join(folder, entry[part]))).toBe(entry.sha256[part]);
    }
    expect(await readFile(path.join(folder, 'README.md'), 'utf8')).toContain('4 synthetic abdominal CT volumes');
  });

  it('stores the voxels and the geometry that were made', async () => {
    const made = makePhantomPatient(3, { seed: 1, size });
    for (const [file, volume] of [
      ['imagesTr', made.image],
      ['labelsTr', made.label],
    ] as const) {
      const stored = await readNifti(path.join(folder, file, 'phantom_003.nii.gz'));
      expect(bytesSha(stored.data)).toBe(bytesSha(volume.data));
      expect(geometryDifference(stored, volume)).toBeUndefined();
    }
  });

  it('keeps what is complete and makes again what is damaged or missing', async () => {
    const before = await read();
    const file = (entry: number): string => path.join(folder, before.training[entry]!.image);
    const times = await Promise.all([0, 3].map(async (i) => (await stat(file(i))).mtimeMs));
    await truncate(file(1), 1000);
    await rm(path.join(folder, before.training[2]!.label));
    const notes: string[] = [];
    await makePhantomCohort(folder, {
      profile: 'tiny',
      patients: 4,
      onProgress: (_done, _total, note) => notes.push(note),
    });
    expect(notes).toEqual(['phantom_001 is there', 'phantom_002', 'phantom_003', 'phantom_004 is there']);
    expect(await read()).toEqual(before);
    expect(await sha256File(file(1))).toBe(before.training[1]!.sha256.image);
    expect(await Promise.all([0, 3].map(async (i) => (await stat(file(i))).mtimeMs))).toEqual(times);
  });

  it('does not change a patient when the cohort grows, and leaves no stranger when it shrinks', async () => {
    const before = await read();
    await make(5);
    expect((await read()).training.slice(0, 4)).toEqual(before.training);
    await make(3);
    expect((await read()).training).toEqual(before.training.slice(0, 3));
    expect((await readdir(path.join(folder, 'imagesTr'))).sort()).toEqual([
      'phantom_001.nii.gz',
      'phantom_002.nii.gz',
      'phantom_003.nii.gz',
    ]);
  });

  it('makes everything anew for another seed', async () => {
    const before = await read();
    await make(3, 2);
    const after = await read();
    after.training.forEach((entry, i) => expect(entry.sha256.image).not.toBe(before.training[i]!.sha256.image));
  });

  it('leaves a folder that holds another data set alone', async () => {
    await writeFile(path.join(folder, 'dataset.json'), JSON.stringify({ name: 'Pancreas', training: [] }));
    await expect(make(2)).rejects.toThrow('Expected a folder for the phantom cohort, found another data set');
    await expect(makePhantomCohort(folder, { patients: 0 })).rejects.toThrow(
      'Expected a whole number of patients from 1, found 0',
    );
  });
});
