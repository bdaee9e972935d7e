/** Principal axes of the voxels of a ROI: the eigenvalues of the covariance of their centres. */
import type { Vec3 } from '../volume/volume.ts';
import type { Roi } from './roi.ts';

/** Covariance matrix (divided by N) of the voxel centres in mm, as rows. The sums of the indices are exact. */
function covarianceMm({ shape: [width, height], voxels, spacingMm }: Roi): number[][] {
  const sums = [0, 0, 0];
  const products = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let k = 0; k < voxels.length; k++) {
    const v = voxels[k]!;
    const at = [v % width, Math.floor(v / width) % height, Math.floor(v / (width * height))];
    for (let a = 0; a < 3; a++) {
      sums[a]! += at[a]!;
      for (let b = 0; b <= a; b++) products[a]![b]! += at[a]! * at[b]!;
    }
  }
  const n = voxels.length;
  const entry = (a: number, b: number): number =>
    ((products[Math.max(a, b)]![Math.min(a, b)]! - (sums[a]! * sums[b]!) / n) / n) * spacingMm[a]! * spacingMm[b]!;
  return [0, 1, 2].map((a) => [0, 1, 2].map((b) => entry(a, b)));
}

/** Eigenvalues of a symmetric matrix (overwritten) by Jacobi's rotations, descending. */
export function symmetricEigenvalues(a: number[][]): number[] {
  const n = a.length;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) off += a[p]![q]! ** 2;
    if (off === 0) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, p, q, c, t * c);
      }
    }
  }
  return a.map((row, i) => row[i]!).sort((x, y) => y - x);
}

function rotate(a: number[][], p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < a.length; k++) {
    const [kp, kq] = [a[k]![p]!, a[k]![q]!];
    a[k]![p] = c * kp - s * kq;
    a[k]![q] = s * kp + c * kq;
  }
  for (let k = 0; k < a.length; k++) {
    const [pk, qk] = [a[p]![k]!, a[q]![k]!];
    a[p]![k] = c * pk - s * qk;
    a[q]![k] = s * pk + c * qk;
  }
}

/** Variances smaller than this share of the largest are 0 but for rounding: those across a line or a tilted plane. */
const flatness = 2 ** -48;

function variancesOf(covariance: number[][]): number[] {
  const values = symmetricEigenvalues(covariance);
  const least = flatness * values[0]!;
  return values.map((value) => (value < least ? 0 : value));
}

/** Variances of the voxel centres along the principal axes in mm², descending; divided by N; never below 0. */
export const principalVariances = (roi: Roi): Vec3 => variancesOf(covarianceMm(roi)) as unknown as Vec3;

/** The same for a ROI of one slice, across the slice axis (0 x, 1 y, 2 z): two values. */
export function principalVariancesInPlane(roi: Roi, axis: number): [number, number] {
  const matrix = covarianceMm(roi);
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  return variancesOf([
    [matrix[a]![a]!, matrix[a]![b]!],
    [matrix[b]![a]!, matrix[b]![b]!],
  ]) as [number, number];
}
