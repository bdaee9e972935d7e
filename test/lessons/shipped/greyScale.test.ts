/** The recorded grey scale, and the same found anew where the real data lies. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPath, settings } from '../../../lib/settings.ts';
import { findSameSlices, readPictures } from '../../../notebooks/lessons/shipped/greyPairs.ts';
import { describeGreyScale, readGreyScale } from '../../../notebooks/lessons/shipped/greyScale.ts';
import { fitWindow } from '../../../notebooks/lessons/shipped/greyWindow.ts';

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data');
const isHere = folder !== undefined && existsSync(path.join(folder, 'nih-hu-slices'));

describe('the recorded grey scale', () => {
  it('is a window on which whole slices and crops of other patients agree', async () => {
    const { sameSlices, crops, window, patients } = await readGreyScale();
    expect(sameSlices.length).toBeGreaterThan(0);
    for (const { maskDice } of sameSlices) expect(maskDice).toBe(1); // the masks did not help to find them
    const ends = [...sameSlices, ...crops].flatMap(({ blackHu, whiteHu }) => [
      Math.abs(blackHu - window.blackHu),
      Math.abs(whiteHu - window.whiteHu),
    ]);
    const outside = ends.filter((error) => error > window.errorHu + 0.05).length;
    expect(outside / ends.length).toBeLessThanOrEqual(0.05);
    expect(patients).toBeGreaterThan(20);
  });

  it('is told in one sentence', async () => {
    expect(describeGreyScale(await readGreyScale())).toMatch(/^grey 0 to 255 is -?\d+ to \d+ HU \(± [\d.]+\)/);
  });

  it('says where it should be where it is not', async () => {
    await expect(readGreyScale(projectPath('nowhere'))).rejects.toThrow(
      'Expected the record of npm run study -- grey-scale, found none',
    );
  });
});

describe.skipIf(!isHere)('the real pictures (skipped without ../shared/data/nih-hu-slices)', () => {
  it('show two of the slices in HU, with the recorded window', async () => {
    const isFirst = (id: string): boolean => /^PANCREAS_000[12]-/.test(id);
    const pictures = await readPictures(path.join(folder!, 'nih-pancreas-ct-2d'), isFirst);
    const same = await findSameSlices(pictures, path.join(folder!, 'nih-hu-slices'));
    const record = await readGreyScale();
    expect(same.map(({ picture, slice }) => [picture, slice])).toEqual(
      record.sameSlices.map(({ picture, slice }) => [picture, slice]),
    );
    for (const [i, pair] of same.entries()) {
      const { blackHu, whiteHu } = fitWindow([pair], [-150, 250]);
      expect(blackHu).toBeCloseTo(record.sameSlices[i]!.blackHu, 1);
      expect(whiteHu).toBeCloseTo(record.sameSlices[i]!.whiteHu, 1);
    }
  });
});
