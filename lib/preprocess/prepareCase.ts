/** One case, from its files to slices in memory: canonical orientation, window, classes. */
import path from 'node:path';
import type { Case, CaseList } from '../dataset/caseList.ts';
import { alignLabel, describeFlip } from '../dataset/labelFlip.ts';
import { nothingBut } from '../dataset/pairing.ts';
import { segmentDoubts } from '../dataset/segmentDoubts.ts';
import { isSyntheticImage } from '../dataset/synthetic.ts';
import { toClasses } from '../dataset/toClasses.ts';
import { expected } from '../errors.ts';
import { maskDoubts, maskOf, readGreyImage } from '../io/image.ts';
import { assertFinite } from '../io/nifti.ts';
import { openImage, openMask } from '../scan/openVolume.ts';
import { canonicalSlices, geometryDifference, toCanonical } from '../volume/orientation.ts';
import { flipRows } from '../volume/values.ts';
import { type Vec3, voxelVolumeMl } from '../volume/volume.ts';
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
  /** From slice to slice; absent for pictures. */
  readonly sliceMm?: number;
  /** Of a voxel, gantry tilt counted; absent for pictures. */
  readonly voxelMl?: number;
  /** How the label was found to lie, for sets whose labels are mirrored now and then. */
  readonly labelPosition?: string;
  /** Whether the image's own header says that nobody was scanned. */
  readonly isSynthetic?: boolean;
  /** What is odd in the files and may be wrong, each with the file's name. */
  readonly warnings: readonly string[];
  /** Made one after the other as they are asked for. */
  readonly slices: Iterable<PreparedSlice>;
  /**
   * Says that this slice and all before it are done with, so that later ones may use their memory. Nobody has to.
   */
  readonly release?: (slice: PreparedSlice) => void;
}

/** Reads and prepares one case of the list; throws a UserError that names the file when it does not fit. */
export function prepareCase(list: CaseList, one: Case, windowHu: WindowHu, skipEnds: boolean): Promise<PreparedCase> {
  if (!one.label) throw expected('a label', nothingBut(one.almostLabel), one.image);
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
  const on = openImage(imageFile, { series, label: labelFile });
  const [image, stored] = await Promise.all([on, openMask(labelFile, { on })]);
  assertFinite(image, imageFile);
  const placed = list.detectLabelFlip ? alignLabel(image, stored, list.labelMap) : undefined;
  const label = placed?.label ?? stored;
  // a label stored in another axis order lies on the same grid
  const difference = geometryDifference(image, label) && geometryDifference(toCanonical(image), toCanonical(label));
  if (difference) throw expected(`a label on the grid of ${imageFile}`, difference, labelFile);
  const imageSlices = canonicalSlices(image);
  const labelSlices = canonicalSlices(label);
  const { shape, spacingMm } = imageSlices;
  const free: Float32Array[] = [];
  return {
    height: shape[1],
    width: shape[0],
    shape,
    spacingMm: [spacingMm[1], spacingMm[0]],
    sliceMm: spacingMm[2],
    voxelMl: voxelVolumeMl(image),
    ...(placed && { labelPosition: describeFlip(placed.decision) }),
    isSynthetic: isSyntheticImage(image.header.description),
    warnings: [
      ...image.warnings.map((warning) => `${path.basename(imageFile)}: ${warning}`),
      ...[...stored.warnings, ...segmentDoubts(stored, list)].map(
        (warning) => `${path.basename(labelFile)}: ${warning}`,
      ),
    ],
    slices: volumeSlices(
      shape[2],
      skipEnds,
      (z) => applyWindow(imageSlices.slice(z), windowHu, free.pop()),
      (z) => toClasses(labelSlices.slice(z), list, labelFile),
    ),
    // the plane below is the first slice's own, and the next slice still needs it
    release: ({ planes: [below, here] }) => void (below !== here && free.push(below)),
  };
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
    warnings: maskDoubts(mask).map((doubt) => `${path.basename(labelFile)}: ${doubt}`),
    slices: [{ z, planes: [plane, plane, plane], label: turn(toClasses(stored, list, labelFile)) }],
  };
}
