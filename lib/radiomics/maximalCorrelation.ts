/**
 * The maximal correlation coefficient of a symmetric co-occurrence matrix.
 *
 * Haralick takes the root of the second largest eigenvalue of Q(i, j) = Σₖ p(i, k) p(j, k) / (p(i) p(k)). With the
 * diagonal matrix D of the p(i), Q is similar to S² for the symmetric S = D^(−1/2) p D^(−1/2), whose largest eigenvalue
 * is 1. So the coefficient is the second largest absolute eigenvalue of S: after Householder's reduction to a
 * tridiagonal matrix, the second largest and the smallest eigenvalue by bisection with Sturm's sequence.
 */

/** Lower triangle of S over the levels that occur (p > 0), as rows. */
function normalised(counts: ArrayLike<number>, p: Float64Array, sum: number): Float64Array[] {
  const width = p.length;
  const present = Array.from(p.keys()).filter((i) => p[i]! > 0);
  return present.map((i) => Float64Array.from(present, (j) => counts[i * width + j]! / sum / Math.sqrt(p[i]! * p[j]!)));
}

/**
 * Householder's reduction of a symmetric matrix (overwritten): its diagonal, and the squares of what stands beside it.
 */
function tridiagonal(a: Float64Array[]): { diagonal: Float64Array; squares: Float64Array } {
  const n = a.length;
  const squares = new Float64Array(n);
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n - 1; k++) {
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm += a[i]![k]! ** 2;
    squares[k + 1] = norm;
    let tail = norm - a[k + 1]![k]! ** 2;
    if (tail <= 1e-30 * norm || norm === 0) continue;
    for (let i = k + 1; i < n; i++) v[i] = a[i]![k]!;
    const alpha = v[k + 1]! > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    v[k + 1]! -= alpha;
    tail += v[k + 1]! ** 2;
    // A ← H A H with H = 1 − 2 v vᵀ / |v|²: rank-two update by w = β A v − (β² vᵀAv / 2) v.
    const beta = 2 / tail;
    let projection = 0;
    for (let i = k + 1; i < n; i++) {
      const row = a[i]!;
      let dot = 0;
      for (let j = k + 1; j < n; j++) dot += row[j]! * v[j]!;
      w[i] = beta * dot;
      projection += w[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i++) w[i]! -= (beta * projection * v[i]!) / 2;
    for (let i = k + 1; i < n; i++) {
      const row = a[i]!;
      const [vi, wi] = [v[i]!, w[i]!];
      for (let j = k + 1; j < n; j++) row[j]! -= vi * w[j]! + wi * v[j]!;
    }
  }
  return { diagonal: Float64Array.from(a, (row, i) => row[i]!), squares };
}

/** How many eigenvalues of the tridiagonal matrix lie below x. */
function countBelow({ diagonal, squares }: ReturnType<typeof tridiagonal>, x: number): number {
  let [count, q] = [0, 1];
  for (let i = 0; i < diagonal.length; i++) {
    q = diagonal[i]! - x - (i === 0 ? 0 : squares[i]! / q);
    if (q === 0) q = 1e-300;
    if (q < 0) count++;
  }
  return count;
}

/** Eigenvalue number `index` from 0, ascending; all lie in [−1, 1]. */
function eigenvalue(matrix: ReturnType<typeof tridiagonal>, index: number): number {
  let [low, high] = [-1.001, 1.001];
  while (high - low > 1e-14) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (countBelow(matrix, middle) > index) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/**
 * The coefficient, from 0 to 1. `counts` and `sum`: the symmetric matrix and its sum; `p`: its row sums
 * divided by the sum; `levelsInRoi`: how many levels the ROI has. One level: 1 as in PyRadiomics; several
 * in the ROI but one in this matrix: 0.
 */
export function maximalCorrelation(
  counts: ArrayLike<number>,
  p: Float64Array,
  sum: number,
  levelsInRoi: number,
): number {
  if (levelsInRoi < 2) return 1;
  const rows = normalised(counts, p, sum);
  const n = rows.length;
  if (n < 2) return 0;
  const matrix = tridiagonal(rows);
  return Math.min(1, Math.max(eigenvalue(matrix, n - 2), -eigenvalue(matrix, 0), 0));
}
