/**
 * Where both grey and HU of real slices are known: whole slices in HU that the pictures show, and crops around the
 * pancreas that others cut from the same volumes with a window that they tell.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { listFiles, nihSlice, picturesIn } from 'axunet/dataset/pairing';
import { expected } from 'axunet/errors';
import { dice, overlapCounts } from 'axunet/evaluate/overlap';
import { maskOf, readGreyImage } from 'axunet/io/image';
import { readNpy } from 'axunet/io/npy';
import type { GreyImage } from 'axunet/io/pixels';
import { list, natural, object, optional, readJsonAs, realNumber, type Shape, text, tuple } from 'axunet/io/schema';
import { boundingBox } from 'axunet/volume/foreground';
import { correlationRatio, type GreyPair } from './greyWindow.ts';

/** A picture with its mask, both as stored. */
export interface Picture {
  readonly id: string;
  readonly image: GreyImage;
  readonly mask: Uint8Array;
}

/** The pictures of the 2-D NIH set (`images`, `masks`), all of them or those of some ids. */
export async function readPictures(folder: string, isWanted: (id: string) => boolean = () => true): Promise<Picture[]> {
  const images = picturesIn(listFiles(path.join(folder, 'images'))).filter(({ id }) => isWanted(id));
  if (images.length === 0) throw expected('pictures in images/', 'none', folder);
  const pictures: Picture[] = [];
  for (const { id, file } of images) {
    const mask = path.join(folder, 'masks', path.basename(file));
    pictures.push({ id, image: await readGreyImage(file), mask: maskOf(await readGreyImage(mask), mask) });
  }
  return pictures;
}

/** A slice in HU and the picture that shows it. */
export interface SameSlice extends GreyPair {
  readonly picture: string;
  readonly slice: string;
  /** Share of the variance of grey that HU explains. */
  readonly etaSquared: number;
  /** Of the masks that come with the two, which played no part in finding them. */
  readonly maskDice: number;
}

/** Of a slice beside the true one HU explains 0.96 of the variance of grey, of the true one 0.99 and more. */
const leastEtaSquared = 0.99;
/** Every third pixel tells a slice; 512 is no multiple of it. */
const lookStep = 3;

/** The values of a `.npy` file as numbers. */
const readNumbers = async (file: string): Promise<Float32Array> =>
  Float32Array.from((await readNpy(file)).data as ArrayLike<number | bigint>, Number);

/** The slices in HU (`img_*.npy`, `mask_*.npy`) that a picture shows, by the picture that HU explains best. */
export async function findSameSlices(pictures: readonly Picture[], folder: string): Promise<SameSlice[]> {
  const found: SameSlice[] = [];
  for (const slice of readdirSync(folder)
    .filter((name) => /^img_.*\.npy$/.test(name))
    .sort()) {
    const hu = await readNumbers(path.join(folder, slice));
    const scored = pictures
      .filter(({ image }) => image.data.length === hu.length)
      .map(({ image: { data: grey }, ...rest }) => ({
        ...rest,
        grey,
        etaSquared: correlationRatio({ grey, hu }, lookStep),
      }));
    const best = scored.reduce((a, b) => (b.etaSquared > a.etaSquared ? b : a));
    if (best.etaSquared < leastEtaSquared) continue;
    const mask = await readNumbers(path.join(folder, slice.replace('img_', 'mask_')));
    const own = Uint8Array.from(mask, (v) => Number(v > 0));
    const maskDice = dice(overlapCounts(own, best.mask));
    found.push({ picture: best.id, slice, etaSquared: best.etaSquared, maskDice, grey: best.grey, hu });
  }
  return found;
}

const cropSchema = object({
  file: text,
  patient: text,
  slice: natural,
  source: text,
  w: natural,
  h: natural,
  spacing_xy: optional(tuple([realNumber, realNumber])),
  spacing_z: optional(realNumber),
});
export type HuCrop = Shape<typeof cropSchema>;

/** The crops of NIH Pancreas-CT in a folder with `slices.json` and `images`. */
export async function readHuCrops(folder: string): Promise<readonly HuCrop[]> {
  const crops = await readJsonAs(path.join(folder, 'slices.json'), list(cropSchema), 'a list of crops');
  return crops.filter(({ source }) => source === 'NIH');
}

/** Window of the crops, as their source says. */
const cropWindowHu = [-150, 250] as const;
/** Ends of the crops' window are no HU: what is brighter or darker is cut. */
const isCut = (grey: number): boolean => grey === 0 || grey === 255;

/** A crop's pixels and those of the picture that shows the same slice. */
export interface CropPair extends GreyPair {
  readonly picture: string;
  readonly crop: string;
}

/** The rows from the last to the first, of what is stored with the spine at the top. */
const upsideDown = (index: number, width: number, height: number): number =>
  (height - 1 - Math.floor(index / width)) * width + (index % width);

/** Both at the box of the picture's mask, which is the crop; undefined where their sizes differ. */
function cropOn({ id, image, mask }: Picture, crop: GreyImage, name: string): CropPair | undefined {
  const { width, height } = image;
  const upright = mask.map((_, i) => mask[upsideDown(i, width, height)]!);
  const box = boundingBox(upright, [width, height, 1]);
  // The last row and column of the box are missing in the crops.
  if (!box || box.shape[0] - 1 !== crop.width || box.shape[1] - 1 !== crop.height) return undefined;
  const [grey, hu]: number[][] = [[], []];
  const [black, white] = cropWindowHu;
  crop.data.forEach((value, i) => {
    if (isCut(value)) return;
    const [x, y] = [box.start[0] + (i % crop.width), box.start[1] + Math.floor(i / crop.width)];
    grey!.push(image.data[upsideDown(y * width + x, width, height)]!);
    hu!.push(black + (value / 255) * (white - black));
  });
  return { picture: id, crop: name, grey: grey!, hu: hu! };
}

/** Pictures are numbered from 1001, crops from 0. */
const numberOf = (slice: number): number => slice + 1001;

/** Every picture of which there is a crop of the same slice and the same box. */
export async function pairCrops(
  pictures: readonly Picture[],
  crops: readonly HuCrop[],
  folder: string,
): Promise<CropPair[]> {
  const bySlice = new Map(crops.map((crop) => [`${crop.patient}-${numberOf(crop.slice)}`, crop.file]));
  const pairs: CropPair[] = [];
  for (const picture of pictures) {
    const name = bySlice.get(picture.id);
    const file = name === undefined ? undefined : path.join(folder, 'images', name);
    if (name === undefined || !file || !existsSync(file)) continue;
    const pair = cropOn(picture, await readGreyImage(file), name);
    if (pair) pairs.push(pair);
  }
  return pairs;
}

/** Size of the pixels, and distance of the slices, of the patients of which the crops tell it. */
export function spacingsOf(crops: readonly HuCrop[]): { readonly pixelMm: number[]; readonly sliceMm: number[] } {
  const known = new Map(crops.flatMap((crop) => (crop.spacing_xy ? [[crop.patient, crop] as const] : [])));
  const all = [...known.values()];
  return { pixelMm: all.map((one) => one.spacing_xy![0]), sliceMm: all.flatMap((one) => one.spacing_z ?? []) };
}

/** The patient of a picture. */
export const patientOf = (picture: string): string => nihSlice(picture)?.patient ?? picture;
