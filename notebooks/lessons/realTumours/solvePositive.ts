/** Systems of linear equations with a symmetric positive definite matrix, by Cholesky's decomposition. */

/**
 * L of A = L Lᵀ (row-major, n × n, of A only the lower triangle being read); undefined where A is not positive definite
 * as far as rounding can tell.
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = l[i * n + j]!;
      for (let k = 0, [p, q] = [i * n, j * n]; k < j; k++, p++, q++) sum -= l[p]! * l[q]!;
      if (i > j) l[i * n + j] = sum / l[j * n + j]!;
      else if (sum > 1e-13 * a[j * n + j]!) l[j * n + j] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return l;
}

/** x of L Lᵀ x = b. */
export function solveCholesky(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0, at = i * n; k < i; k++, at++) x[i]! -= l[at]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= l[i * n + i]!;
    for (let k = 0, at = i * n; k < i; k++, at++) x[k]! -= l[at]! * x[i]!;
  }
  return x;
}
