/** A case from its files, as stored and in the canonical frame. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalCase, readCase } from '../../lib/dataset/readCase.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { orientationCodes } from '../../lib/volume/orientation.ts';
import type { Affine } from '../../lib/volume/volume.ts';
import { lps, rowsReversed, temporaryFolder, torso } from './fixtures.ts';

describe('readCase', () => {
  const { image, label } = torso();
  /** The same places in the patient with the rows the other way round: y to anterior instead of posterior. */
  const las: Affine = [-2, 0, 0, 30, 0, 2, 0, 20 - 2 * 31, 0, 0, 2, -10, 0, 0, 0, 1];
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeNifti(path.join(folder, 'ct.nii.gz'), { ...rowsReversed(image), affine: las });
    await writeNifti(path.join(folder, 'seg.nii.gz'), label);
  });
  afterAll(() => rm(folder, { recursive: true }));
  const at = (name: string): string => path.join(folder, name);

  it('reads image and label as they are stored', async () => {
    const found = await readCase({ id: 'a', patient: 'p', image: at('ct.nii.gz'), label: at('seg.nii.gz') });
    expect(found.id).toBe('a');
    expect(orientationCodes(found.image.affine)).toBe('LAS');
    expect(found.image.data).toEqual(rowsReversed(image).data);
    expect(found.label.data).toEqual(label.data);
  });
  it('has one frame for both in the canonical form: axes to the left, the back and the head', async () => {
    const stored = await readCase({ id: 'a', patient: 'p', image: at('ct.nii.gz'), label: at('seg.nii.gz') });
    const canonical = canonicalCase(stored);
    for (const each of [canonical.image, canonical.label]) expect(each.affine.map((v) => v + 0)).toEqual(lps());
    expect(canonical.image.data).toEqual(image.data);
    expect(canonical.label.data).toEqual(label.data);
  });
  it('refuses a case without a label', async () => {
    await expect(readCase({ id: 'a', patient: 'p', image: at('ct.nii.gz') })).rejects.toThrow('a has no label');
  });
});
