/** One case, from its files to slices in memory: canonical orientation, window, classes. */
import path from 'node:path';
import { type Case, type CaseList } from '../dataset/caseList.ts';
import { alignLabel, describeFlip } from '../dataset/labelFlip.ts';
import { toClasses } from '../dataset/toClasses.ts';
import { expected } from '../errors.ts';
import { maskOf, readGreyImage } from '../io/image.ts';
import { assertFinite } from '../io/nifti.ts';
import { openImage, openMask } from '../scan/openVolume.ts';
import { geometryDifference, orientationCodes, toCanonical } from '../volume/orientation.ts';
import { sliceZ, type Vec3, type Volume, type VoxelArray } from '../volume/volume.ts';
import { applyWindow, type WindowHu } from './window.ts';

export interface PreparedSlice {
  readonly z: number;
  /** Slices z-1, z, z+1; (H, W) each, in [0, 1]. */
  readonly planes: readonly [Float32Array, Float32Array, Float32Array];
  /** (H, W), class per pixel. */
  readonly label: Uint8Array;
}

export interface PreparedCase {
  readonly height: number;
  readonly width: number;
  /** (y, x); [1, 1] for pictures. */
  readonly spacingMm: readonly [number, number];
  /** Voxels of the canonical volume; absent for pictures. */
  readonly shape?: Vec3;
  /** How the label was found to lie, for sets whose labels are mirrored now and then. */
  readonly labelPosition?: string;
  /** What is odd in the files and may be wrong, each with the file's name. */
  readonly warnings: readonly string[];
  /** Made one after the other as they are asked for. */
  readonly slices: Iterable<PreparedSlice>;
}

/** Reads and prepares one case of the list; throws a UserError that names the file when it does not fit. */
export function prepareCase(list: CaseList, one: Case, windowHu: WindowHu, skipEnds: boolean): Promise<PreparedCase> {
  if (!one.label) throw expected('a label', 'none', one.image);
  return list.kind === '2d'
    ? preparePicture(list, one.image, one.label, one.z ?? 0)
    : prepareVolume(list, { ...one, label: one.label }, windowHu, skipEnds);
}

async function prepareVolume(
  list: CaseList,
  { image: imageFile, label: labelFile, series }: Case & { label: string },
  windowHu: WindowHu,
  skipEnds: boolean,
): Promise<PreparedCase> {
  const [image, stored] = await Promise.all([openImage(imageFile, { series }), openMask(labelFile)]);
  assertFinite(image, imageFile);
  const placed = list.detectLabelFlip ? alignLabel(image, stored, list.labelMap) : undefined;
  const label = placed?.label ?? stored;
  // a label stored in another axis order lies on the same grid
  const difference = geometryDifference(image, label) && geometryDifference(toCanonical(image), toCanonical(label));
  if (difference) throw expected(`a label on the grid of ${imageFile}`, difference, labelFile);
  const imageSlices = canonicalSlices(image);
  const labelSlices = canonicalSlices(label);
  const { shape, spacingMm } = imageSlices;
  return {
    height: shape[1],
    width: shape[0],
    shape,
    spacingMm: [spacingMm[1], spacingMm[0]],
    ...(placed && { labelPosition: describeFlip(placed.decision) }),
    warnings: [
      ...image.warnings.map((warning) => `${path.basename(imageFile)}: ${warning}`),
      ...stored.warnings.map((warning) => `${path.basename(labelFile)}: ${warning}`),
    ],
    slices: volumeSlices(
      shape[2],
      skipEnds,
      (z) => applyWindow(imageSlices.slice(z), windowHu),
      (z) => toClasses(labelSlices.slice(z), list, labelFile),
    ),
  };
}

/**
 * The slices of a volume in the canonical frame. Where z stays z, as in nearly every CT, slices are turned one at a
 * time when they are asked for: no second copy of the volume is made.
 */
function canonicalSlices(volume: Volume): Pick<Volume, 'shape' | 'spacingMm'> & { slice(z: number): VoxelArray } {
  const along = orientationCodes(volume.affine)[2];
  if (along !== 'S' && along !== 'I') {
    const canonical = toCanonical(volume);
    return { shape: canonical.shape, spacingMm: canonical.spacingMm, slice: (z) => sliceZ(canonical, z) };
  }
  const [width, height, depth] = volume.shape;
  const turned = (z: number): Volume =>
    toCanonical({ ...volume, data: sliceZ(volume, along === 'S' ? z : depth - 1 - z), shape: [width, height, 1] });
  const { shape, spacingMm } = turned(0);
  return { shape: [shape[0], shape[1], depth], spacingMm, slice: (z) => turned(z).data };
}

function* volumeSlices(
  depth: number,
  skipEnds: boolean,
  planeAt: (z: number) => Float32Array,
  labelAt: (z: number) => Uint8Array,
): Generator<PreparedSlice> {
  // every plane is a neighbour of two others: it is windowed once and handed out three times
  let here = planeAt(0);
  let below = here;
  for (let z = 0; z < depth; z++) {
    const above = z + 1 < depth ? planeAt(z + 1) : here;
    if (!skipEnds || (z > 0 && z + 1 < depth)) yield { z, planes: [below, here, above], label: labelAt(z) };
    below = here;
    here = above;
  }
}

/** Rows in reverse order; (H, W). */
function flipRows<T extends Float32Array | Uint8Array>(plane: T, width: number): T {
  const out = plane.slice() as T;
  for (let from = 0, to = plane.length - width; to >= 0; from += width, to -= width)
    out.set(plane.subarray(from, from + width), to);
  return out;
}

async function preparePicture(list: CaseList, imageFile: string, labelFile: string, z: number): Promise<PreparedCase> {
  const [image, mask] = await Promise.all([readGreyImage(imageFile), readGreyImage(labelFile)]);
  const { width, height } = image;
  if (mask.width !== width || mask.height !== height) {
    throw expected(`a mask of ${width}×${height} pixels as its picture`, `${mask.width}×${mask.height}`, labelFile);
  }
  const stored = maskOf(mask, labelFile);
  const turn = <T extends Float32Array | Uint8Array>(plane: T): T => (list.imageFlipY ? flipRows(plane, width) : plane);
  const plane = turn(applyWindow(image.data, [0, 255]));
  return {
    height,
    width,
    spacingMm: [1, 1],
    warnings: [],
    slices: [{ z, planes: [plane, plane, plane], label: turn(toClasses(stored, list, labelFile)) }],
  };
}
