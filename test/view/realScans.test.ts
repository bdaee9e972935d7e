/** Real CT and DICOM on a page: what is read there is what the files hold. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { openImage } from '../../lib/scan/openVolume.ts';
import { settings } from '../../lib/settings.ts';
import { openScene } from '../../lib/view/openScene.ts';
import { viewPage } from '../../lib/view/viewPage.ts';
import { toCanonical } from '../../lib/volume/orientation.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { unpackPage } from './unpack.ts';

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'totalsegmentator');
const cases = [
  ['example_ct_sm.nii.gz', 'example_seg.nii.gz', 7, 644],
  ['example_ct_dicom', 'example_seg_dicom.nii.gz', undefined, undefined],
] as const;

it.skipIf(!folder).each(cases)(
  '%s: every voxel of the page, and of its mask (skipped without AXUNET_SHARED)',
  async (image, mask, value, voxels) => {
    const files = { image: path.join(folder!, image), mask: path.join(folder!, mask), value };
    const page = viewPage(await openScene(files));
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(5e6);
    const { content, hu, masks } = unpackPage(page);
    expect(content.levels).toMatchObject({ step: 1, rounding: 0 });
    const { data, shape } = toCanonical<Volume['data']>(await openImage(files.image));
    const [width, height] = content.shape;
    let wrong = 0;
    for (let i = 0; i < hu.length; i++) {
      const place = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
      const [x, y, z] = place.map((n, axis) => n + content.start[axis]!) as [number, number, number];
      if (data[x + shape[0] * (y + shape[1] * z)] !== hu[i]) wrong++;
    }
    expect(wrong).toBe(0);
    if (voxels !== undefined) expect(masks[0]!.reduce((sum, v) => sum + v, 0)).toBe(voxels);
  },
);
