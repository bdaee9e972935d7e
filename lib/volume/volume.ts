/**
 * A 3-D image with its place in the patient.
 *
 * Axis order is x, y, z with x fastest in memory, as NIfTI stores it: voxel (x, y, z) is
 * `data[x + shape[0] * (y + shape[1] * z)]`, so a z-slice is one contiguous subarray with rows along y.
 */

/** Numbers along x, y, z. */
export type Vec3 = readonly [number, number, number];

/** Row-major 4×4 matrix from voxel indices (x, y, z, 1) to RAS+ millimetres, as nibabel's `affine`. */
export type Affine = readonly number[];

/** The arrays that the voxels of a volume can be in. */
export type VoxelArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Voxels with their place in the patient; x is fastest in memory, as in NIfTI. */
export interface Volume<T extends VoxelArray = VoxelArray> {
  readonly data: T;
  /** Number of voxels along x, y, z. */
  readonly shape: Vec3;
  /** Distance between voxel centres along x, y, z in millimetres. */
  readonly spacingMm: Vec3;
  readonly affine: Affine;
}

/** The number of voxels of a shape. */
export const voxelCount = (shape: Vec3): number => shape[0] * shape[1] * shape[2];

/** The voxels of slice z, shape [shape[1] rows, shape[0] columns]; shares memory with the volume. */
export function sliceZ<T extends VoxelArray>(volume: Volume<T>, z: number): T {
  const size = volume.shape[0] * volume.shape[1];
  return volume.data.subarray(z * size, (z + 1) * size) as T;
}

/** Squares of lengths between these roots neither vanish nor overflow. */
const squaresHold = (sum: number): boolean => sum > 1e-290 && sum < 1e300;

/**
 * Column lengths of the affine: the spacing that it implies, in millimetres. To the last bit as nibabel and NRRD
 * readers compute it, which Math.hypot is not.
 */
export function spacingOf(affine: Affine): Vec3 {
  const length = (c: number): number => {
    const [x, y, z] = [affine[c]!, affine[4 + c]!, affine[8 + c]!];
    const squares = x * x + y * y + z * z;
    return squaresHold(squares) ? Math.sqrt(squares) : Math.hypot(x, y, z);
  };
  return [length(0), length(1), length(2)];
}

/**
 * The affine of a grid whose steps along x, y and z and whose first voxel are given in mm towards left, posterior and
 * superior, as DICOM and ITK have them.
 */
export function affineOfLps([x, y, z, origin]: readonly [Vec3, Vec3, Vec3, Vec3]): Affine {
  // Left and posterior become right and anterior; + 0 leaves no -0.
  const row = (r: 0 | 1 | 2): number[] => [x, y, z, origin].map((v) => (r === 2 ? v[r] : -v[r]) + 0);
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/** The row-major 3×3 matrix of an affine: all of it but the origin. */
export const matrixOf = (affine: Affine): number[] => [0, 1, 2].flatMap((row) => affine.slice(4 * row, 4 * row + 3));

/** Determinant of a row-major 3×3 matrix. */
export function determinant3(m: readonly number[]): number {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** Whether the axes of an affine point in three dimensions, by more than rounding. */
export function spansSpace(affine: Affine): boolean {
  const [x, y, z] = spacingOf(affine);
  const relative = Math.abs(determinant3(matrixOf(affine))) / (x * y * z);
  return relative > 1e-6 && Number.isFinite(relative);
}

/** A cosine between two axes up to which they count as at right angles: rounding, and distances wrong by 0.05 %. */
const squareCosine = 1e-3;

/**
 * By how many degrees the axes of an affine miss right angles, as a gantry tilt makes them; 0 within rounding and for
 * an affine that does not place all axes.
 */
export function shearDegrees(affine: Affine): number {
  const length = spacingOf(affine);
  const cosine = (a: number, b: number): number =>
    Math.abs(affine[a]! * affine[b]! + affine[4 + a]! * affine[4 + b]! + affine[8 + a]! * affine[8 + b]!) /
    (length[a]! * length[b]!);
  const largest = Math.max(cosine(0, 1), cosine(0, 2), cosine(1, 2));
  return largest > squareCosine ? (Math.asin(Math.min(1, largest)) * 180) / Math.PI : 0;
}

/**
 * What keeps distances along the axes of an affine from being those in the patient, in words; undefined where nothing
 * does.
 */
export function crookedAxes(affine: Affine): string | undefined {
  if (!spacingOf(affine).every((mm) => mm > 0)) return 'an affine that does not place all three';
  const degrees = shearDegrees(affine);
  return degrees > 0 ? `axes that miss them by ${degrees.toFixed(1)}°, as with gantry tilt` : undefined;
}

/** Voxel volume in millilitres: of a box of the spacing, or where the axes are sheared the affine's determinant. */
export function voxelVolumeMl({ spacingMm, affine }: Pick<Volume, 'spacingMm'> & Partial<Volume>): number {
  if (affine && shearDegrees(affine) > 0) return Math.abs(determinant3(matrixOf(affine))) / 1000;
  return (spacingMm[0] * spacingMm[1] * spacingMm[2]) / 1000;
}

/** RAS+ millimetres of a voxel position. */
export function voxelToMm(affine: Affine, [x, y, z]: Vec3): Vec3 {
  const row = (r: number): number =>
    affine[4 * r]! * x + affine[4 * r + 1]! * y + affine[4 * r + 2]! * z + affine[4 * r + 3]!;
  return [row(0), row(1), row(2)];
}
