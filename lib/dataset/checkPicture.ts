/** The checks of a case of two pictures: an image and a mask of black and white. */
import { maskDoubts, maskOf, readGreyImage } from '../io/image.ts';
import type { GreyImage } from '../io/pixels.ts';
import { type CaseChecks, contentHash, finiteRange } from './caseChecks.ts';
import type { Case } from './caseList.ts';

/** A JPEG mask scatters around 0 and 255; what lies far from both is no mask. */
const pictureMask = { nearBlack: 64, nearWhite: 191, strayShare: 0.02 };

/** Checks a picture and its mask; whatever goes wrong becomes a finding. */
export async function checkPicture(checks: CaseChecks, item: Case): Promise<void> {
  const image = await checks.read('image', item.image, readGreyImage);
  if (image) {
    const range = finiteRange(image.data)!;
    Object.assign(checks.facts, {
      shape: [image.width, image.height],
      range,
      imageSha256: contentHash([image.width, image.height], image.data),
    });
    if (range[0] === range[1]) checks.error('hounsfield', `image: every pixel is ${range[0]}`);
  }
  if (!item.label) return;
  const mask = await checks.read('mask', item.label, async (file) => {
    const picture = await readGreyImage(file);
    return { ...picture, binary: maskOf(picture, file) };
  });
  if (!mask) return;
  checkPictureMask(checks, mask);
  if (image && (image.width !== mask.width || image.height !== mask.height)) {
    const sizes = `image ${image.width}×${image.height}, mask ${mask.width}×${mask.height} pixels`;
    checks.error('shape', `image and mask differ in size: ${sizes}`);
  }
}

type PictureMask = GreyImage & { readonly binary: Uint8Array };

function checkPictureMask(checks: CaseChecks, mask: PictureMask): void {
  const { data, width, height, binary } = mask;
  for (const doubt of maskDoubts(mask)) checks.warn('label-values', `mask: ${doubt}`);
  const foregroundVoxels = binary.reduce((sum, v) => sum + v, 0);
  let stray = 0;
  for (const v of data) if (v > pictureMask.nearBlack && v < pictureMask.nearWhite) stray++;
  if (stray > pictureMask.strayShare * data.length) {
    checks.error(
      'label-values',
      `mask: expected black and white, found ${((100 * stray) / data.length).toFixed(1)} % of the pixels in between`,
    );
  }
  if (!foregroundVoxels) checks.warn('empty-label', 'mask: no foreground pixel');
  Object.assign(checks.facts, { foregroundVoxels, labelSha256: contentHash([width, height], binary) });
}
