import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertSegmentArrays, decodeSegmentArray } from '../../lib/dataset/segmentArray.ts';
import { UserError } from '../../lib/errors.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { temporaryFolder } from './fixtures.ts';
import { pickled } from './pickledMask.ts';

/** Where numpy finds the mask set, x fastest. */
const setVoxels = [19, 21, 42, 48];

describe('pickled masks of evalseg', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('become the volume that Python sees', () => {
    const mask = decodeSegmentArray(gunzipSync(pickled), 'a.pkl.gz');
    expect(mask).toMatchObject({ shape: [5, 4, 3], spacingMm: [0.5, 0.75, 2] });
    expect([...mask.data].flatMap((v, i) => (v ? [i] : []))).toEqual(setVoxels);
  });

  it('become NIfTI files with the spacing of the expert mask; what is there is kept', async () => {
    await mkdir(path.join(folder, 'pickled'));
    const wrongSpacing = gunzipSync(pickled);
    const at = wrongSpacing.indexOf(Buffer.from(Float64Array.of(0.5, 0.75, 2).buffer));
    wrongSpacing.writeDoubleLE(1, at + 16);
    await writeFile(path.join(folder, 'pickled', '021_gt.pkl.gz'), pickled);
    await writeFile(path.join(folder, 'pickled', '021_Dice.pkl.gz'), gzipSync(wrongSpacing));
    expect(decodeSegmentArray(wrongSpacing, 'a').spacingMm).toEqual([0.5, 0.75, 1]);
    expect(await convertSegmentArrays(folder)).toBe(2);
    for (const name of ['021_gt', '021_Dice']) {
      const mask = await readNifti(path.join(folder, 'masks', `${name}.nii.gz`));
      expect(mask.spacingMm, name).toEqual([0.5, 0.75, 2]);
      expect([...mask.data].flatMap((v, i) => (v ? [i] : []))).toEqual(setVoxels);
    }
    expect(await convertSegmentArrays(folder)).toBe(0);
  });

  it('are refused by name when damaged', async () => {
    await mkdir(path.join(folder, 'pickled'));
    await writeFile(path.join(folder, 'pickled', '021_gt.pkl.gz'), pickled.subarray(0, 300));
    await expect(convertSegmentArrays(folder)).rejects.toThrow(/gzip data.*021_gt/);
  });

  it('are either refused or read when bytes change at random', () => {
    const whole = gunzipSync(pickled);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Buffer.from(whole.subarray(0, length % 3 ? whole.length : length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          try {
            expect(decodeSegmentArray(bytes, 'x').data).toBeInstanceOf(Uint8Array);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
