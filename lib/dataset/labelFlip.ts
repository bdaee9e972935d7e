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
import { type LabelMap } from './caseList.ts';

/** How well a label in one position fits the anatomy of its image. */
export interface FlipEvidence {
  /** Share of the foreground voxels whose HU is that of soft tissue, fat between lobules and contrast included. */
  readonly softTissue: number;
  /**
   * Share of the foreground voxels in front of the body's middle; absent where it is not clear on which side the spine
   * lies.
   */
  readonly anterior?: number;
  /** Mean of what is known of the two. */
  readonly agreement: number;
}

/** In which position a label lies, with the evidence for both. */
export interface FlipDecision {
  readonly verdict: 'as-affine' | 'mirrored-y' | 'undecided';
  /** The label where its own affine puts it. */
  readonly asAffine: FlipEvidence;
  /** The label mirrored in y within its grid. */
  readonly mirrored: FlipEvidence;
  readonly foregroundVoxels: number;
  /** Whether the two affines put both volumes on one grid. */
  readonly affinesAgree: boolean;
  /** The spine lies in front of the body's middle: the image itself contradicts its affine. */
  readonly imageUpsideDown: boolean;
}

const softTissueHu = [-100, 200] as const;
const bodyHu = -300;
const boneHu = 300;
const spineColumnHu = 150;
const minimumSpineColumns = 10;
/**
 * In standard deviations of the body's rows; the spine of a rightly oriented CT lies 0.5 to 0.9 of them behind the
 * middle.
 */
const clearlyOffMiddle = 0.4;
/** On a real CT the right position leads by 0.5, on phantoms by 0.2 to 0.6; the wrong one never led. */
const decisiveMargin = 0.2;
const minimumSoftTissue = 0.7;
const minimumVoxels = 30;

interface Body {
  middleY: number;
  /**
   * +1 when the spine lies towards the last row, as the affine says; -1 when it clearly lies towards row 0; 0 when it
   * is not clear.
   */
  direction: 1 | 0 | -1;
}

/** Mean HU over the slices of each column (x, y); contrast and metal count no more than bone. */
function columnMeans({ data, shape: [nx, ny] }: Volume, slices: number[]): Float32Array {
  const means = new Float32Array(nx * ny);
  for (const z of slices) {
    for (let i = 0, j = nx * ny * z; i < means.length; i++, j++)
      means[i]! += Math.min(data[j]!, boneHu) / slices.length;
  }
  return means;
}

/**
 * The middle of the body over the slices in `slices`, and on which side of it the spine lies. The spine is what is
 * dense in every slice: contrast in the bowel, which is as bright, comes and goes.
 */
function findBody(ct: Volume, slices: number[]): Body {
  const [nx, ny] = ct.shape;
  let [count, sum, squares, spineCount, spineSum] = [0, 0, 0, 0, 0];
  columnMeans(ct, slices).forEach((hu, i) => {
    const y = Math.floor(i / nx);
    if (hu > bodyHu) {
      count++;
      sum += y;
      squares += y * y;
    }
    if (hu > spineColumnHu) {
      spineCount++;
      spineSum += y;
    }
  });
  if (!count || spineCount < minimumSpineColumns) return { middleY: (ny - 1) / 2, direction: 0 };
  const middleY = sum / count;
  const spread = Math.sqrt(Math.max(squares / count - middleY ** 2, 0));
  const offset = spineSum / spineCount - middleY;
  if (Math.abs(offset) < clearlyOffMiddle * spread) return { middleY, direction: 0 };
  return { middleY, direction: offset > 0 ? 1 : -1 };
}

function gather(image: Volume, voxels: Int32Array, body: Body, mirror: boolean): FlipEvidence {
  const [nx, ny] = image.shape;
  let [soft, anterior] = [0, 0];
  for (const index of voxels) {
    const row = Math.floor(index / nx) % ny;
    const y = mirror ? ny - 1 - row : row;
    const hu = image.data[index + (y - row) * nx]!;
    if (hu >= softTissueHu[0] && hu <= softTissueHu[1]) soft++;
    if ((body.middleY - y) * body.direction > 0) anterior++;
  }
  const share = (n: number): number => (voxels.length ? n / voxels.length : 0);
  const softTissue = share(soft);
  if (!body.direction) return { softTissue, agreement: softTissue };
  return { softTissue, anterior: share(anterior), agreement: (softTissue + share(anterior)) / 2 };
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
    throw new UserError(
      `Expected image and label of one shape, found ${describeGeometry(image)} and ${describeGeometry(label)}`,
    );
  }
  const voxels = foregroundOf(mask, labelMap);
  const sliceSize = ct.shape[0] * ct.shape[1];
  const body = findBody(ct, [...new Set(Array.from(voxels, (v) => Math.floor(v / sliceSize)))]);
  const asAffine = gather(ct, voxels, body, false);
  const mirrored = gather(ct, voxels, body, true);
  return {
    verdict: verdictOf(asAffine, mirrored, voxels.length),
    asAffine,
    mirrored,
    foregroundVoxels: voxels.length,
    affinesAgree: geometryDifference(ct, mask) === undefined,
    imageUpsideDown: body.direction < 0,
  };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** The evidence in one phrase. */
export function describeFlip({ verdict, asAffine, mirrored, affinesAgree }: FlipDecision): string {
  const side = ({ softTissue, anterior }: FlipEvidence): string => {
    const inFront = anterior === undefined ? '' : ` and ${percent(anterior)} in front of the body's middle`;
    return `${percent(softTissue)} in soft tissue${inFront}`;
  };
  const says = {
    'as-affine': 'the label lies as its affine says',
    'mirrored-y': 'the label is mirrored in y',
    undecided: 'the anatomy does not decide',
  }[verdict];
  const affines = `the affines ${affinesAgree ? 'agree' : 'disagree'}`;
  return `${says}: as its affine says ${side(asAffine)}, mirrored ${side(mirrored)}; ${affines}`;
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
export function alignLabel<T extends VoxelArray>(
  image: Volume,
  label: Volume<T>,
  labelMap: LabelMap,
): { label: Volume<T>; decision: FlipDecision } {
  const decision = judgeLabelFlip(image, label, labelMap);
  const [ct, mask] = [toCanonical(image), toCanonical(label)];
  const spacingDiffers = ct.spacingMm.some((mm, axis) => Math.abs(mm - mask.spacingMm[axis]!) > 1e-3 * mm);
  if (spacingDiffers || (decision.verdict === 'undecided' && !decision.affinesAgree)) {
    const why = spacingDiffers ? 'of one spacing' : 'on one grid';
    throw new UserError(
      `Expected image and label ${why}, found ${describeGeometry(image)} and ${describeGeometry(label)}; ` +
        describeFlip(decision),
    );
  }
  const data = decision.verdict === 'mirrored-y' ? mirrorY(mask) : mask.data;
  return { label: toGeometryOf({ ...ct, data }, image), decision };
}
