/**
 * The qform of NIfTI: rotation as a unit quaternion, voxel sizes in pixdim[1..3], a reflection of z as the sign of
 * pixdim[0]. Source: the section "QUATERNION REPRESENTATION OF ROTATION MATRIX" of nifti1.h.
 */
import { expected } from '../errors.ts';
import { type Affine, determinant3, type Vec3 } from '../volume/volume.ts';

interface QformFields {
  readonly quatern_b: number;
  readonly quatern_c: number;
  readonly quatern_d: number;
  readonly qoffset_x: number;
  readonly qoffset_y: number;
  readonly qoffset_z: number;
  readonly pixDims: number[];
}

/** A grid as the sform places it. */
interface Placed {
  readonly affine: Affine;
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
}

/** How far b² + c² + d² may exceed 1: three rounding errors of the stored type (nibabel's limit). */
const excessAllowed = { 1: 3 * 2 ** -23, 2: 3 * 2 ** -52 } as const;

/** Row-major 3×3 rotation matrix of a quaternion that need not have length one. */
function rotationOf(w: number, x: number, y: number, z: number): number[] {
  const squared = w * w + x * x + y * y + z * z;
  if (squared < Number.EPSILON) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const s = 2 / squared;
  const first = [1 - s * (y * y + z * z), s * (x * y - w * z), s * (x * z + w * y)];
  const second = [s * (x * y + w * z), 1 - s * (x * x + z * z), s * (y * z - w * x)];
  const third = [s * (x * z - w * y), s * (y * z + w * x), 1 - s * (x * x + y * y)];
  return [...first, ...second, ...third];
}

/** The affine that a header's qform stands for. Throws a UserError when the quaternion is longer than one. */
export function qformAffine(header: QformFields, version: 1 | 2, spacingMm: Vec3, file: string): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d } = header;
  const w2 = 1 - (b * b + c * c + d * d);
  if (!(w2 >= -excessAllowed[version]))
    throw expected('a unit quaternion in the qform', `b² + c² + d² = ${1 - w2}`, file);
  const rotation = rotationOf(Math.sqrt(Math.max(0, w2)), b, c, d);
  const zSign = header.pixDims[0] === -1 ? -1 : 1;
  const steps = [spacingMm[0], spacingMm[1], zSign * spacingMm[2]];
  const row = (r: number, origin: number): number[] => [...steps.map((mm, c) => rotation[3 * r + c]! * mm), origin];
  return [...row(0, header.qoffset_x), ...row(1, header.qoffset_y), ...row(2, header.qoffset_z), 0, 0, 0, 1];
}

/**
 * How many radians rounding may have turned a quaternion of single precision. Its w = √(1 − b² − c² − d²) is known to
 * e / 2w, near half a turn only to √e: half a millimetre at the far corner of an abdomen.
 */
function roundingTurn({ quatern_b: b, quatern_c: c, quatern_d: d }: QformFields, version: 1 | 2): number {
  const e = excessAllowed[version];
  return (2 * e) / (Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d))) + Math.sqrt(e));
}

/**
 * How far the farthest corner of a grid lies from where the qform puts it, in the header's unit; 0 where rounding alone
 * can do that, and where the qform can stand for no grid, as nibabel does not look at it then.
 */
export function qformDistance(header: QformFields, version: 1 | 2, { affine, shape, spacingMm }: Placed): number {
  let other: Affine;
  try {
    other = qformAffine(header, version, spacingMm, '');
  } catch {
    return 0;
  }
  const corners = Array.from({ length: 8 }, (_, n) => shape.map((size, axis) => ((n >> axis) & 1) * (size - 1)));
  const apart = corners.map((corner) =>
    Math.hypot(
      ...[0, 4, 8].map((row) => {
        const shift = [...corner, 1].map((at, i) => (affine[row + i]! - other[row + i]!) * at);
        return shift.reduce((sum, value) => sum + value, 0);
      }),
    ),
  );
  const diagonal = Math.hypot(...shape.map((size, axis) => (size - 1) * spacingMm[axis]!));
  const farthest = Math.max(...apart);
  return farthest > roundingTurn(header, version) * diagonal ? farthest : 0;
}

/** Quaternion (w ≥ 0) of a row-major rotation matrix, from the largest of its four components for accuracy. */
function quaternionOf(m: readonly number[]): [number, number, number, number] {
  const [xx, yy, zz] = [m[0]!, m[4]!, m[8]!];
  // Each entry is 4·component², so the largest is at least 1 and safe to divide by.
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = squares.indexOf(Math.max(...squares));
  const [wx, wy, wz] = [m[7]! - m[5]!, m[2]! - m[6]!, m[3]! - m[1]!];
  const [xy, xz, yz] = [m[1]! + m[3]!, m[2]! + m[6]!, m[5]! + m[7]!];
  const products = [
    [squares[0]!, wx, wy, wz],
    [wx, squares[1]!, xy, xz],
    [wy, xy, squares[2]!, yz],
    [wz, xz, yz, squares[3]!],
  ][largest]!;
  const scale = (products[0]! < 0 ? -1 : 1) / (2 * Math.sqrt(squares[largest]!));
  return products.map((value) => value * scale) as [number, number, number, number];
}

interface Qform {
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly zSign: 1 | -1;
}

/** The qform that stands for an affine with this spacing, or undefined where none does (shear, or another spacing). */
export function qformOf(affine: Affine, spacingMm: Vec3): Qform | undefined {
  const m = [0, 1, 2].flatMap((r) => [0, 1, 2].map((c) => affine[4 * r + c]! / spacingMm[c]!));
  const zSign = determinant3(m) < 0 ? -1 : 1;
  const proper = m.map((value, i) => (i % 3 === 2 ? zSign * value : value));
  const [w, b, c, d] = quaternionOf(proper);
  const back = rotationOf(w, b, c, d);
  return back.every((value, i) => Math.abs(value - proper[i]!) < 1e-4) ? { b, c, d, zSign } : undefined;
}
