/** Pictures in (PNG, JPEG, TIFF), masks of the same size out. */
import { statSync } from '#system/fs';
import path from '#system/path';
import { isSpineUp, listFiles, picturesIn } from '../dataset/pairing.ts';
import { writeFileAtomic } from '../io/files.ts';
import { encodeGreyPng } from '../io/greyPng.ts';
import { readGreyImage } from '../io/image.ts';
import type { GreyImage } from '../io/pixels.ts';
import { resampleToSource, type SliceGeometry, scaledGrid } from '../preprocess/grid.ts';
import { applyWindow, type WindowHu } from '../preprocess/window.ts';
import { flipRows } from '../volume/values.ts';
import { likenessOfPicture } from './likeness.ts';
import { type Beside, besidePictures } from './picturesOnVolumes.ts';
import { type Postprocessing, postprocessMask } from './postprocess.ts';
import { predictImages, sampleBatch, thresholdMask } from './slices.ts';
import type { Member } from './volume.ts';

/** The pictures that a path stands for: a file, or those in a folder. */
export const picturesAt = (place: string): { file: string; name: string; isPicture: true }[] =>
  (statSync(place).isDirectory() ? listFiles(place, 1) : [place]).flatMap((file) => {
    const name = picturesIn([file])[0]?.id;
    return name === undefined ? [] : [{ file, name, isPicture: true }];
  });

/** How a picture is seen and its mask made. */
export interface PictureOptions {
  readonly threshold?: number;
  readonly postprocessing?: Postprocessing;
  /** HU of 0 and 255, for networks that were trained on CT volumes. */
  readonly windowHu?: WindowHu;
  /** Size of a pixel, for networks whose window is in millimetres. */
  readonly spacingMm?: number;
}

/** What a member sees of a grey picture: 0 to 1. */
function planeFor({ isOfPictures, windowHu: own }: Member, { data }: GreyImage, windowHu?: WindowHu): Float32Array {
  if (isOfPictures) return applyWindow(data, [0, 255]);
  const [black, white] = windowHu!;
  const hu = Float32Array.from(data, (grey) => black + (grey / 255) * (white - black));
  return applyWindow(hu, own);
}

/** Mean probability over the members, on the picture's pixels. */
async function probabilityOf(
  members: readonly Member[],
  picture: GreyImage,
  isTurned: boolean,
  { windowHu, spacingMm = 1 }: PictureOptions,
): Promise<Float32Array> {
  const { width, height } = picture;
  const geometry: SliceGeometry = { height, width, spacingMm: [spacingMm, spacingMm] };
  const sum = new Float32Array(width * height);
  for (const member of members) {
    const plane = planeFor(member, picture, windowHu);
    const upright = isTurned ? flipRows(plane, width) : plane;
    const image = new Float32Array(3 * upright.length);
    for (let c = 0; c < 3; c++) image.set(upright, c * upright.length);
    const { scales = [1] } = member;
    for (const scale of scales) {
      const grid = scaledGrid(member.grid, scale);
      const [[map]] = await predictImages(
        member.network,
        sampleBatch(1, () => ({ image, geometry }), grid),
        1,
        grid.size,
      );
      const own = resampleToSource(map, geometry, grid);
      for (let i = 0; i < sum.length; i++) sum[i] += own[i] / (scales.length * members.length);
    }
  }
  return isTurned ? flipRows(sum, width) : sum;
}

/** What is told of a picture and its mask. */
export interface PredictedPicture {
  readonly pixels: number;
  /** Pixels before post-processing. */
  readonly before: number;
  readonly size: readonly [width: number, height: number];
  readonly probability: Float32Array;
  /** Where a network knows the pictures of its training. */
  readonly beside?: Beside;
}

/**
 * Predicts one picture and writes the mask (0 and 255) to the first of `files` and, where there is a second, the
 * probability as grey. Row 0 is anterior, but in pictures called as the slices of the 2-D NIH set, which have the spine
 * at the top and are turned before and after.
 */
export async function predictPicture(
  members: readonly Member[],
  file: string,
  files: readonly string[],
  options: PictureOptions,
): Promise<PredictedPicture> {
  const picture = await readGreyImage(file);
  const { width, height } = picture;
  const probability = await probabilityOf(members, picture, isSpineUp(path.basename(file)), options);
  const raw = thresholdMask(probability, options.threshold);
  const { postprocessing = {} } = options;
  const mask = postprocessMask(raw, [width, height, 1], [1, 1, 1], postprocessing);
  const count = (found: Uint8Array): number => found.reduce((sum, v) => sum + v, 0);
  const [maskFile, probabilityFile] = files;
  const white = mask.map((v) => 255 * v);
  await writeFileAtomic(maskFile, encodeGreyPng({ data: white, width, height }));
  if (probabilityFile !== undefined) {
    const grey = Uint8Array.from(probability, (p) => Math.round(255 * p));
    await writeFileAtomic(probabilityFile, encodeGreyPng({ data: grey, width, height }));
  }
  const beside = besidePictures(members, (seen) => likenessOfPicture(picture, mask, seen));
  return { pixels: count(mask), before: count(raw), size: [width, height], probability, beside };
}
