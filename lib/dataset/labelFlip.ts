/**
 * Is a label mirrored front to back against its CT?
 *
 * A common conversion of NIH Pancreas-CT leaves image and label with the y axis running opposite ways while the
 * affines do or do not say so. Flipping every label blindly repairs one conversion and breaks the next, so both
 * positions are compared with the anatomy: pancreas is soft tissue, and it lies in front of the middle of the body.
 */
import { UserError } from '../errors.ts';
import { geometryDifference, orientationCodes, toCanonical, toGeometryOf } from '../volume/orientation.ts';
import type { Volume, VoxelArray } from '../volume/volume.ts';
import type { LabelMap } from './cases.ts';

export interface FlipEvidence {
  /** Share of the foreground voxels whose HU is that of soft tissue, fat between lobules and contrast included. */
  readonly softTissue: number;
  /** Share of the foreground voxels in front of the body's middle, in the slices that hold foreground. */
  readonly anterior: number;
  /** Mean of the two. */
  readonly agreement: number;
}

export interface FlipDecision {
  readonly verdict: 'as-affine' | 'mirrored-y' | 'undecided';
  /** The label where its own affine puts it. */
  readonly asAffine: FlipEvidence;
  /** The label mirrored in y within its grid. */
  readonly mirrored: FlipEvidence;
  readonly foregroundVoxels: number;
  /** Whether the two affines put both volumes on one grid. */
  readonly affinesAgree: boolean;
  /** Bone lies in front of the body's middle: the image itself contradicts its affine. */
  readonly imageUpsideDown: boolean;
}

const softTissueHu = [-100, 200] as const;
const bodyHu = -300;
const boneHu = 300;
/** On real and synthetic CT the right position leads by 0.4 or more; half of that decides. */
const decisiveMargin = 0.2;
const minimumSoftTissue = 0.7;
const minimumVoxels = 30;
const minimumBoneVoxels = 50;

interface Body {
  middleY: number;
  /** +1 when anterior is towards row 0, as the affine says; -1 when the bones say otherwise. */
  direction: 1 | -1;
}

/** The middle of the body, and on which side of it the bones are, over the slices in `slices`. */
function findBody({ data, shape: [nx, ny] }: Volume, slices: number[]): Body {
  let bodySum = 0, bodyCount = 0, boneSum = 0, boneCount = 0;
  for (const z of slices) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      for (let x = 0; x < nx; x++) {
        const hu = data[row + x]!;
        if (hu > bodyHu) { bodySum += y; bodyCount++; }
        if (hu > boneHu) { boneSum += y; boneCount++; }
      }
    }
  }
  const middleY = bodyCount ? bodySum / bodyCount : (ny - 1) / 2;
  const upsideDown = boneCount >= minimumBoneVoxels && boneSum / boneCount < middleY;
  return { middleY, direction: upsideDown ? -1 : 1 };
}

function gather(image: Volume, voxels: Int32Array, body: Body, mirror: boolean): FlipEvidence {
  const [nx, ny] = image.shape;
  let soft = 0, anterior = 0;
  for (const index of voxels) {
    const row = Math.floor(index / nx) % ny;
    const y = mirror ? ny - 1 - row : row;
    const hu = image.data[index + (y - row) * nx]!;
    if (hu >= softTissueHu[0] && hu <= softTissueHu[1]) soft++;
    if ((body.middleY - y) * body.direction > 0) anterior++;
  }
  const share = (n: number): number => (voxels.length ? n / voxels.length : 0);
  return { softTissue: share(soft), anterior: share(anterior), agreement: (share(soft) + share(anterior)) / 2 };
}

function foregroundOf({ data }: Volume, labelMap: LabelMap): Int32Array {
  const found: number[] = [];
  for (let i = 0; i < data.length; i++) if (data[i] !== 0 && labelMap[data[i]!]) found.push(i);
  return Int32Array.from(found);
}

function verdictOf(asAffine: FlipEvidence, mirrored: FlipEvidence, voxels: number): FlipDecision['verdict'] {
  const lead = asAffine.agreement - mirrored.agreement;
  if (voxels < minimumVoxels || Math.abs(lead) < decisiveMargin) return 'undecided';
  if ((lead > 0 ? asAffine : mirrored).softTissue < minimumSoftTissue) return 'undecided';
  return lead > 0 ? 'as-affine' : 'mirrored-y';
}

/**
 * Compares both positions of a label with its CT (HU). Image and label may be in any axis order; after reorienting
 * them to the canonical frame their shapes must be equal. `undecided` when the label is empty or tiny, or when the
 * anatomy speaks for neither side clearly.
 *
 * Throws a UserError when the shapes differ.
 */
export function judgeLabelFlip(image: Volume, label: Volume, labelMap: LabelMap): FlipDecision {
  const [ct, mask] = [toCanonical(image), toCanonical(label)];
  if (ct.shape.some((n, axis) => n !== mask.shape[axis])) {
    throw new UserError(`Expected image and label of one shape, found ${describeGeometry(image)} and ${describeGeometry(label)}`);
  }
  const voxels = foregroundOf(mask, labelMap);
  const sliceSize = ct.shape[0] * ct.shape[1];
  const body = findBody(ct, [...new Set(Array.from(voxels, (v) => Math.floor(v / sliceSize)))]);
  const asAffine = gather(ct, voxels, body, false);
  const mirrored = gather(ct, voxels, body, true);
  return {
    verdict: verdictOf(asAffine, mirrored, voxels.length), asAffine, mirrored,
    foregroundVoxels: voxels.length,
    affinesAgree: geometryDifference(ct, mask) === undefined,
    imageUpsideDown: body.direction < 0,
  };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** The evidence in one phrase. */
export function describeFlip({ verdict, asAffine, mirrored, affinesAgree }: FlipDecision): string {
  const side = (e: FlipEvidence): string => `${percent(e.softTissue)} in soft tissue and ${percent(e.anterior)} in front of the body's middle`;
  const says = { 'as-affine': 'the label lies as its affine says', 'mirrored-y': 'the label is mirrored in y', undecided: 'the anatomy does not decide' }[verdict];
  return `${says}: as its affine says ${side(asAffine)}, mirrored ${side(mirrored)}; the affines ${affinesAgree ? 'agree' : 'disagree'}`;
}

/** Shape, spacing, orientation and origin in one phrase. */
export function describeGeometry({ shape, spacingMm, affine }: Volume): string {
  const spacing = spacingMm.map((mm) => Number(mm.toFixed(4))).join(' × ');
  const origin = [3, 7, 11].map((i) => Number(affine[i]!.toFixed(2))).join(', ');
  return `${shape.join('×')} voxels of ${spacing} mm, ${orientationCodes(affine)}, origin (${origin}) mm`;
}

function mirrorY<T extends VoxelArray>({ data, shape: [nx, ny, nz] }: Volume<T>): T {
  const out = data.slice() as T;
  for (let row = 0; row < ny * nz; row++) {
    const [y, z] = [row % ny, Math.floor(row / ny)];
    const from = nx * (ny - 1 - y + ny * z);
    out.set(data.subarray(from, from + nx), nx * row);
  }
  return out;
}

/**
 * Puts a label on its image's grid, mirrored in y where the anatomy says so (see `judgeLabelFlip`), with the
 * decision and its evidence. When the anatomy does not decide, the affines do if they agree.
 *
 * Throws a UserError with both geometries when shape or spacing differ, or when neither affines nor anatomy decide.
 */
export function alignLabel<T extends VoxelArray>(image: Volume, label: Volume<T>, labelMap: LabelMap): { label: Volume<T>; decision: FlipDecision } {
  const decision = judgeLabelFlip(image, label, labelMap);
  const [ct, mask] = [toCanonical(image), toCanonical(label)];
  const spacingDiffers = ct.spacingMm.some((mm, axis) => Math.abs(mm - mask.spacingMm[axis]!) > 1e-3 * mm);
  if (spacingDiffers || (decision.verdict === 'undecided' && !decision.affinesAgree)) {
    const why = spacingDiffers ? 'of one spacing' : 'on one grid';
    throw new UserError(`Expected image and label ${why}, found ${describeGeometry(image)} and ${describeGeometry(label)}; ${describeFlip(decision)}`);
  }
  const data = decision.verdict === 'mirrored-y' ? mirrorY(mask) : mask.data;
  return { label: toGeometryOf({ ...ct, data }, image), decision };
}
