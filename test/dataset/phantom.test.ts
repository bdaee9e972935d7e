import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePhantomCohort, makePhantomPatient, phantomProfiles } from '../../lib/dataset/phantom.ts';
import { sha256, sha256File } from '../../lib/io/files.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { geometryDifference } from '../../lib/volume/orientation.ts';
import type { VoxelArray } from '../../lib/volume/volume.ts';

const { size } = phantomProfiles.tiny;

/** A checksum: comparing millions of voxels one by one would take seconds. */
const bytesSha = ({ buffer, byteOffset, byteLength }: VoxelArray): string =>
  sha256(new Uint8Array(buffer, byteOffset, byteLength));

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

  it('refuses a dataset.json whose files lie outside of the folder', async () => {
    const json = await read();
    const [first, ...others] = json.training;
    const forged = { ...json, training: [{ ...first, label: '../../secret.nii.gz' }, ...others] };
    await writeFile(path.join(folder, 'dataset.json'), JSON.stringify(forged));
    await expect(make(4)).rejects.toThrow(
      /^Expected a path inside .*, found "\.\.\/\.\.\/secret\.nii\.gz" in .*dataset\.json$/,
    );
    await writeFile(path.join(folder, 'dataset.json'), JSON.stringify(json));
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
