import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageLinkage, clusterFeatures, cutTree, spearmanMatrix } from '../../lib/statistics/clustering.ts';

/** Seven columns and what SciPy 1.17.1 says of them: spearmanr, then hierarchy.average of 1 − |ρ|. */
const columns = {
  a: [-0.802, 0.42, -0.553, 1.635, -0.958, -1.732, -0.629, 0.553, 0.41],
  b: [-0.879, 0.126, -0.605, 1.248, -0.952, -1.744, -0.721, 0.239, 0.291],
  c: [0.256, -1.098, 0.665, -2.189, 1.543, 2.09, -0.37, -0.417, -0.96],
  d: [-1.324, 1.136, -0.785, 0.273, 1.6, -0.084, -0.488, -0.063, 0.83],
  e: [-2.323, 1.466, -0.483, 0.02, 4.096, -0.001, -0.116, -0.0004, 0.571],
  f: [-0.248, 0.11, 0.749, -1.233, 0.203, -1.163, -0.713, -0.589, -1.643],
  g: [0.033, 0.044, -1.988, -0.233, -0.256, 0.962, -1.181, 0.738, -1.099],
};
const scipyFirstRows = [
  [1, 0.95, -0.9, 0.233333333333, 0.233333333333, -0.233333333333, -0.016666666667],
  [0.95, 1, -0.9, 0.25, 0.25, -0.4, -0.166666666667],
];
const scipyMerges = [
  [3, 4, 0, 2],
  [0, 1, 0.05, 2],
  [2, 8, 0.1, 3],
  [5, 9, 0.6555555555555556, 4],
  [7, 10, 0.7791666666666667, 6],
  [6, 11, 0.8916666666666666, 7],
];

describe('clustering of correlated features', () => {
  const rho = spearmanMatrix(columns);
  const merges = averageLinkage(rho.map((row) => row.map((r) => 1 - Math.abs(r))));

  it('has the correlations and merges of SciPy', () => {
    scipyFirstRows.forEach((row, i) => row.forEach((r, j) => expect(rho[i]![j]).toBeCloseTo(r, 11)));
    scipyMerges.forEach(([left, right, distance, size], k) => {
      expect([merges[k]!.left, merges[k]!.right, merges[k]!.size]).toEqual([left, right, size]);
      expect(merges[k]!.distance).toBeCloseTo(distance!, 12);
    });
  });

  it('cuts the tree at a distance into the clusters of SciPy', () => {
    const sets = (limit: number): string[] =>
      cutTree(merges, 7, limit)
        .map((own) => [...own].sort((x, y) => x - y).join(''))
        .sort();
    expect(sets(0.2)).toEqual(['012', '34', '5', '6']); // fcluster: 2 2 2 1 1 3 4
    expect(sets(0.7)).toEqual(['0125', '34', '6']);
    expect(sets(1)).toEqual(['0123456']);
    expect(sets(-1)).toHaveLength(7);
  });

  it('orders names and matrix by cluster, and picks the best connected feature of each', () => {
    const found = clusterFeatures({ ...columns, constant: Array(9).fill(1) });
    expect(found.names).not.toContain('constant');
    expect(found.names).toEqual(found.clusters.flat());
    const i = found.names.indexOf('a'),
      j = found.names.indexOf('c');
    expect(found.matrix[i]![j]).toBeCloseTo(-0.9, 12);
    const first = found.clusters.findIndex((own) => own.includes('a'));
    expect([...found.clusters[first]!].sort()).toEqual(['a', 'b', 'c']);
    expect(['a', 'b']).toContain(found.representatives[first]); // |ρ| 0.95 + 0.9 each, c has 0.9 + 0.9
  });

  it('joins features whose |ρ| is what was asked for, in spite of rounding', () => {
    // ranks 1 3 2 4 5 6: ρ = 1 − 6·2/210 = 33/35
    const pair = { a: [1, 2, 3, 4, 5, 6], b: [1, 3, 2, 4, 5, 6] };
    expect(clusterFeatures(pair, 33 / 35).clusters).toHaveLength(1);
    expect(clusterFeatures(pair, 0.95).clusters).toHaveLength(2);
  });

  it('keeps every item once, and merges at distances that never fall', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }), {
          minLength: 1,
          maxLength: 9,
        }),
        (points) => {
          const distance = points.map((p) => points.map((q) => Math.hypot(...p.map((v, i) => v - q[i]!))));
          const tree = averageLinkage(distance);
          expect(tree).toHaveLength(points.length - 1);
          for (let k = 1; k < tree.length; k++)
            expect(tree[k]!.distance).toBeGreaterThanOrEqual(tree[k - 1]!.distance - 1e-9);
          for (const limit of [0, 4, 100])
            expect(
              cutTree(tree, points.length, limit)
                .flat()
                .sort((x, y) => x - y),
            ).toEqual(points.map((_, i) => i));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has nothing to say about nothing, and refuses gaps', () => {
    expect(averageLinkage([])).toEqual([]);
    expect(cutTree([], 0, 1)).toEqual([]);
    expect(clusterFeatures({}).clusters).toEqual([]);
    expect(() =>
      averageLinkage([
        [0, NaN],
        [NaN, 0],
      ]),
    ).toThrow('a square matrix of finite distances');
  });
});
