/** Slices of a volume with the masks that lie on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { volumeOverlay } from '../../lib/figures/volumeOverlay.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Affine, Vec3 } from '../../lib/volume/volume.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-overlay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

/** 2 × 2 × 8 voxels, axes to the left, the back and the head; a mask of one voxel in some slices. */
const lps: Affine = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const shape: Vec3 = [2, 2, 8];
const grid = { shape, spacingMm: [1, 1, 1] as Vec3, affine: lps };
const maskOf = (value: number, ...slices: number[]): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => (i % 4 === 0 && slices.includes(i >> 2) ? value : 0));

beforeAll(async () => {
  await writeNifti(at('ct.nii.gz'), { ...grid, data: Int16Array.from({ length: 32 }, (_, i) => i) });
  await writeNifti(at('label.nii'), { ...grid, data: maskOf(7, 1, 2, 3, 4) });
  await writeNifti(at('mask.nii'), { ...grid, data: maskOf(1, 3, 4) });
  await writeNifti(at('moved.nii'), { ...grid, affine: [...lps.slice(0, 3), 5, ...lps.slice(4)], data: maskOf(1, 3) });
});

describe('volumeOverlay', () => {
  it('spreads slices evenly over those that a mask touches', async () => {
    const files = { image: at('ct.nii.gz'), label: at('label.nii') };
    const ids = async (count: number): Promise<string[]> =>
      (await volumeOverlay(files, count)).cases.map(({ id }) => id);
    expect(await ids(2)).toEqual(['ct, slice 2', 'ct, slice 4']); // the middles of 1 2 and of 3 4, the later one
    expect(await ids(9)).toEqual([1, 2, 3, 4].map((z) => `ct, slice ${z}`));
    expect(await ids(1)).toEqual(['ct, slice 1']); // the first of equally full ones
  });
  it('has the DSC of each slice, and that of the volume, where there are two masks', async () => {
    const files = { image: at('ct.nii.gz'), label: at('label.nii'), mask: at('mask.nii') };
    const { cases, dice } = await volumeOverlay(files, 4);
    expect(cases.map((one) => one.dice)).toEqual([0, 0, 1, 1]);
    expect(dice).toBeCloseTo((2 * 2) / (4 + 2), 12);
    expect([...(cases[2].slice.values as Int16Array)]).toEqual([12, 13, 14, 15]);
  });
  it('has no DSC of one mask, and takes one value of a label alone', async () => {
    const found = await volumeOverlay({ image: at('ct.nii.gz'), label: at('label.nii'), labelValue: 7 }, 3);
    expect(found.dice).toBeUndefined();
    expect(found.cases).toHaveLength(3);
  });
  it('keeps classes apart, and refuses other values', async () => {
    const files = { image: at('ct.nii.gz'), label: at('label.nii'), mask: at('mask.nii') };
    const { cases } = await volumeOverlay({ ...files, labels: parseClasses('pancreas=7,tumour=1') }, 4);
    expect(cases[3].label![0]).toBe(1);
    expect(cases[3].prediction![0]).toBe(2);
    await expect(volumeOverlay({ ...files, labels: parseClasses('pancreas=1') }, 4)).rejects.toThrow(
      'Expected label values 0, 1, found 7',
    );
  });
  it('refuses a value that the label does not have, and tells those that it has', async () => {
    await expect(volumeOverlay({ image: at('ct.nii.gz'), label: at('label.nii'), labelValue: 2 }, 3)).rejects.toThrow(
      /^Expected label value 2, found only 0, 7 in .*label\.nii$/,
    );
  });
  it('turns a mask that is stored in another axis order of the same grid', async () => {
    // The same eight slices with x running backwards: x' = 1 - x.
    const affine: Affine = [1, 0, 0, -1, ...lps.slice(4)];
    const straight = maskOf(1, 3, 4);
    const data = straight.map((_, i) => straight[i ^ 1]!);
    await writeNifti(at('turned.nii'), { ...grid, affine, data });
    const { dice, warnings } = await volumeOverlay(
      { image: at('ct.nii.gz'), label: at('turned.nii'), mask: at('mask.nii') },
      2,
    );
    expect(dice).toBe(1);
    expect(warnings.filter((warning) => warning.includes('turned'))).toEqual([]);
  });
  it('says what it draws as one, and that a mask is empty', async () => {
    const data = maskOf(1, 3);
    data.set(maskOf(2, 5).subarray(20, 24), 20);
    await writeNifti(at('two.nii'), { ...grid, data });
    await writeNifti(at('empty.nii'), { ...grid, data: maskOf(1) });
    const { warnings } = await volumeOverlay(
      { image: at('ct.nii.gz'), label: at('two.nii'), mask: at('empty.nii') },
      2,
    );
    expect(warnings).toContain(`${at('two.nii')}: labels 1, 2 count as one`);
    expect(warnings).toContain(`${at('empty.nii')}: the mask is empty`);
  });
  it.each([
    ['a probability map', Float32Array.from(maskOf(1, 3), (v) => v * 0.6), '0.6'],
    ['values below 0, as of a CT', Int16Array.from(maskOf(1, 3), (v) => v - 1), '-1'],
    ['NaN', Float32Array.from(maskOf(1, 3), (v) => (v ? 1 : NaN)), 'NaN'],
  ])('refuses %s for a mask, with and without a value', async (_, data, found) => {
    await writeNifti(at('odd.nii'), { ...grid, data });
    for (const labelValue of [undefined, 1])
      await expect(volumeOverlay({ image: at('ct.nii.gz'), label: at('odd.nii'), labelValue }, 1)).rejects.toThrow(
        new RegExp(`^Expected a mask of labels 0 or more, found ${found}.*odd\\.nii$`),
      );
  });
  it('does not draw background as the label', async () => {
    await expect(volumeOverlay({ image: at('ct.nii.gz'), label: at('label.nii'), labelValue: 0 }, 1)).rejects.toThrow(
      'Expected a label value other than 0, which is background',
    );
  });
  it('refuses a mask on another grid by its name', async () => {
    await expect(volumeOverlay({ image: at('ct.nii.gz'), mask: at('moved.nii') }, 1)).rejects.toThrow(
      /^Expected a mask on the grid of the image, found .*moved\.nii$/,
    );
  });
});
