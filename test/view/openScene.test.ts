import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeNifti } from '../../lib/io/nifti.ts';
import { openScene } from '../../lib/view/openScene.ts';
import { ctSlice } from '../dicom/makeDicom.ts';
import { label, lps, prediction, scan } from './makeScan.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-scene-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);
await writeNifti(at('ct.nii.gz'), scan);
await writeNifti(at('label.nii.gz'), { ...label, data: label.data.map((v, i) => (i % 3 === 0 ? 9 : 7 * v)) });
await writeNifti(at('prediction.nii.gz'), prediction);

it('opens image, mask and prediction, and draws the value that is asked for', async () => {
  const files = { image: at('ct.nii.gz'), mask: at('label.nii.gz'), value: 7, prediction: at('prediction.nii.gz') };
  const scene = await openScene(files);
  expect(scene.name).toBe('ct');
  expect([...scene.image.data]).toEqual([...scan.data]);
  const sevens = label.data.map((v, i) => (i % 3 === 0 ? 0 : v));
  expect(scene.masks.map(({ volume }) => [...volume.data])).toEqual([[...sevens], [...prediction.data]]);
});

it('tells of what is odd, and whose it is', async () => {
  const { warnings, name } = await openScene({ image: at('ct.nii.gz'), mask: at('label.nii.gz'), name: 'case 7' });
  expect(warnings).toContain('label: labels 7, 9 count as one');
  expect(name).toBe('case 7');
});

it('names no file of a DICOM folder where there is a name to stand for it', async () => {
  mkdirSync(at('MUELLER'));
  for (const z of [0, 1, 2]) writeFileSync(at(`MUELLER/${z}.dcm`), ctSlice(z));
  writeFileSync(at('MUELLER/mueller: letter.txt'), 'Dear Mr Mueller');
  const saidOf = async (name?: string) => (await openScene({ image: at('MUELLER'), name })).warnings;
  expect(await saidOf()).toContain('left out, not DICOM: mueller: letter.txt');
  const hidden = await saidOf('case 7');
  expect(hidden).toContain('left out, not DICOM');
  expect(hidden.join()).not.toMatch(/mueller/i);
});

it('refuses a mask on another grid, a value that is not there, and NaN, by the name of the file', async () => {
  await writeNifti(at('moved.nii'), { ...label, affine: lps.with(3, 90) });
  const image = at('ct.nii.gz');
  await expect(openScene({ image, mask: at('moved.nii') })).rejects.toThrow(
    /^Expected a mask on the grid of the image, found affine row 1 .* in .*moved\.nii$/,
  );
  await expect(openScene({ image, mask: at('label.nii.gz'), value: 5 })).rejects.toThrow(
    /^Expected label value 5, found only 0, 7, 9 in .*label\.nii\.gz$/,
  );
  await writeNifti(at('nan.nii'), { ...scan, data: Float32Array.from(scan.data).fill(Number.NaN, 5, 7) });
  await expect(openScene({ image: at('nan.nii') })).rejects.toThrow(
    /^Expected finite CT numbers, found 2 that are NaN or infinite in .*nan\.nii$/,
  );
});
