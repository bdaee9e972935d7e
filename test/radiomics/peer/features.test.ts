import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNifti } from '../../../lib/io/nifti.ts';
import { extractFeatures } from '../../../lib/radiomics/extract.ts';
import { settings } from '../../../lib/settings.ts';
import { differences, type Run, runsOf, scanOf, settingsOf } from './peer.ts';

const nameOf = ({ scan, mask, parameters }: Run): string =>
  [scan && `${scan[0].join('×')} ${scan[2]}`, mask && `mask of ${mask[0].join('×')}`, parameters]
    .filter(Boolean)
    .join(', ');

describe("features of a formula-made scan are PyRadiomics' (3.0.1, live, see peer.py), relative 1e-6", () => {
  it.each(runsOf('features.json').map((run) => [nameOf(run), run] as const))('%s', async (_, run) => {
    const [{ image }, { mask }] = [scanOf(run.scan!), scanOf(run.mask ?? run.scan!)];
    const { features } = extractFeatures(image, mask, await settingsOf(run));
    expect(differences(features, run.values)).toEqual([]);
  });
});

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'totalsegmentator');
const isThere = Boolean(folder && existsSync(path.join(folder, 'example_ct_sm.nii.gz')));

describe.skipIf(!isThere)("organs of a CT have PyRadiomics' features (needs ../shared/data/totalsegmentator)", () => {
  it.each(runsOf('features-ct.json').map((run) => [nameOf(run), run] as const))('%s', async (_, run) => {
    const [image, mask] = await Promise.all(
      ['example_ct_sm', 'example_seg'].map((file) => readNifti(path.join(folder!, `${file}.nii.gz`))),
    );
    const { features } = extractFeatures(image!, mask!, await settingsOf(run));
    expect(differences(features, run.values)).toEqual([]);
  });
});
