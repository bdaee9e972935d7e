/**
 * The largest diameters of a region, by two definitions.
 *
 * In a slice, as RECIST 1.1 takes the longest diameter of a lesion in the plane of the images: the largest distance
 * between two points of the outline of one connected part (8 neighbours) of one axial slice. Parts that lie apart in a
 * slice are measured apart, which PyRadiomics' Maximum2DDiameterSlice does not do.
 *
 * In space: the largest distance between two corners of the surface of the whole region, whatever it is connected by:
 * PyRadiomics' Maximum3DDiameter (IBSI L0JK).
 *
 * Both run between points halfway from a voxel inside to its neighbour outside, so that one voxel of 1 mm has 1 mm. No
 * line need stay inside of the region.
 *
 * Worked example, a row of 3 pixels of 2 mm: from half a pixel before the first to half a pixel behind the last, 6 mm.
 */
import { hullCandidates, largestDiameter, largestPlaneDiameter } from '../radiomics/diameters.ts';
import { meshVertices } from '../radiomics/mesh.ts';
import { cropToRoi, findLabel, type Roi, roiMask } from '../radiomics/roi.ts';
import { connectedComponents } from '../volume/components.ts';
import { cross } from '../volume/vectors.ts';
import { crookedAxes, shearDegrees, type Vec3, type Volume } from '../volume/volume.ts';

/** Null where the region is empty, or where the axes do not stand at right angles and distances would be wrong. */
export interface Diameters {
  readonly longestInSliceMm: number | null;
  /** The slice that it lies in, from 0. */
  readonly longestSlice: number | null;
  readonly largest3dMm: number | null;
}

/** Whether the axes of a slice stand at right angles, however the slices are stacked: gantry tilt keeps that. */
function areSlicesStraight({ affine }: Pick<Volume, 'affine'>): boolean {
  const column = (c: number): Vec3 => [affine[c]!, affine[4 + c]!, affine[8 + c]!];
  const [x, y] = [column(0), column(1)];
  const z = cross(x, y);
  const flat = [0, 1, 2].flatMap((row) => [x[row]!, y[row]!, z[row]!, 0]);
  return shearDegrees([...flat, 0, 0, 0, 1]) === 0;
}

/**
 * The extreme points of each connected part of a plane, x, y and 0 in half pixels. Of a run along x both ends, and the
 * points above and below them: where a neighbour there is inside, they lie in the hull of what it adds itself.
 */
function partsOfPlane(plane: Uint8Array, width: number, height: number): number[][] {
  const { runs, ofRun, voxels } = connectedComponents(plane, [width, height, 1]);
  const parts = voxels.map((): number[] => []);
  for (let run = 0; run < runs.count; run++) {
    const y = Math.floor(runs.start[run]! / width);
    const first = runs.start[run]! - y * width;
    const last = runs.end[run]! - 1 - y * width;
    const points = parts[ofRun[run]!]!;
    points.push(2 * first - 1, 2 * y, 0, 2 * last + 1, 2 * y, 0);
    for (const x of [first, last]) points.push(2 * x, 2 * y - 1, 0, 2 * x, 2 * y + 1, 0);
  }
  return parts;
}

/** The longest diameter in one slice of the region's box, and in which slice of the image. */
function longestInSlice(roi: Roi, box: Uint8Array): { mm: number; slice: number } {
  const [width, height, depth] = roi.shape;
  let [mm, slice] = [0, 0];
  for (let z = roi.margin; z < depth - roi.margin; z++) {
    const plane = box.subarray(z * width * height, (z + 1) * width * height);
    for (const points of partsOfPlane(plane, width, height)) {
      const own = largestPlaneDiameter(Int32Array.from(points), [width, height, 1], roi.spacingMm, 2);
      if (own > mm) [mm, slice] = [own, z + roi.start[2]];
    }
  }
  return { mm, slice };
}

/** The diameters of a region of 1 in a canonical mask, whose slices are axial. */
export function diametersOf(region: Volume<Uint8Array>): Diameters {
  const found = findLabel(region, 1);
  if (!found) return { longestInSliceMm: null, longestSlice: null, largest3dMm: null };
  const roi = cropToRoi(region, 1, found);
  const box = roiMask(roi);
  const inSlice = areSlicesStraight(region) ? longestInSlice(roi, box) : undefined;
  const isStraight = crookedAxes(region.affine) === undefined;
  return {
    longestInSliceMm: inSlice?.mm ?? null,
    longestSlice: inSlice?.slice ?? null,
    largest3dMm: isStraight
      ? largestDiameter(hullCandidates(meshVertices(box, roi.shape), roi.shape), roi.spacingMm)
      : null,
  };
}
