/** Sets of masks without CT. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMasks } from '../../lib/dataset/masks.ts';
import { settings } from '../../lib/settings.ts';
import { temporaryFolder } from './fixtures.ts';

describe('openMasks', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(path.join(folder, 'masks'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const make = (id: string): Promise<void> => writeFile(path.join(folder, 'masks', `${id}.nii.gz`), '');

  it('reads patient and study of PANORAMA, whose lesion, parenchyma and duct are pancreas', async () => {
    await make('100005_00001');
    const { masks, labelMap } = openMasks('panorama', folder);
    expect(masks).toMatchObject([{ id: '100005_00001', patient: '100005', author: 'reference' }]);
    expect(labelMap).toEqual({ 1: 1, 2: 0, 3: 0, 4: 1, 5: 1, 6: 0 });
  });
  it('reads patient and network of the Loss Odyssey, gt being the expert', async () => {
    for (const id of ['021_gt', '021_Dice', '021_FocalTversky']) await make(id);
    const { masks } = openMasks('segloss-odyssey-pancreas', folder);
    expect(masks.map(({ patient, author }) => `${patient} ${author}`)).toEqual([
      '021 Dice',
      '021 FocalTversky',
      '021 reference',
    ]);
  });
  it('says how to get what is missing, and refuses a set with CT', async () => {
    await rm(path.join(folder, 'masks'), { recursive: true });
    expect(() => openMasks('panorama', folder)).toThrow(/axunet data panorama --download/);
    expect(() => openMasks('nih-2d', folder)).toThrow('Expected a set of masks, found nih-2d, which is none');
    expect(() => openMasks('nope', folder)).toThrow('nope');
  });
  it.skipIf(!settings.sharedFolder)('opens both real sets (needs the folder of extra test data)', () => {
    const place = (name: string): string => path.join(settings.sharedFolder!, 'data', name);
    const { masks } = openMasks('segloss-odyssey-pancreas', place('segloss-odyssey-pancreas'));
    expect([masks.length, new Set(masks.map((m) => m.patient)).size, new Set(masks.map((m) => m.author)).size]).toEqual(
      [216, 24, 9],
    );
    expect(openMasks('panorama', place('panorama')).masks).toHaveLength(50);
  });
});
