import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { projectPath } from '../../../lib/settings.ts';
import { rocAuc } from '../../../lib/statistics/roc.ts';
import { fitForest, forestShare, growTree, treeShare } from '../../../notebooks/lessons/realTumours/forest.ts';

const reference = JSON.parse(readFileSync(projectPath('test/lessons/realTumours/reference.json'), 'utf8')) as {
  tall: { x: number[][]; y: number[] };
  tree: { rows: number[][]; shares: (number | null)[] };
};

/** Rows of noise, and a label that is 1 where the product of the first two is above 0: no line finds it. */
function crossed(n: number, seed: number): { x: number[][]; y: boolean[] } {
  const random = Random.stream(seed, 'crossed');
  const x = Array.from({ length: n }, () => Array.from({ length: 5 }, () => random.normal()));
  return { x, y: x.map(([a, b]) => a! * b! > 0) };
}

describe('A tree', () => {
  it('splits in the middle between two values, by hand', () => {
    expect(growTree([[1], [2], [4], [5]], [false, false, true, true])).toEqual({
      column: 0,
      limit: 3,
      below: { share: 0 },
      above: { share: 1 },
    });
  });

  it('parts neighbouring doubles, between which there is no middle', () => {
    const [low, high] = [1 + Number.EPSILON, 1 + 2 * Number.EPSILON];
    const tree = growTree([[low], [high]], [false, true]);
    expect([treeShare(tree, [low]), treeShare(tree, [high])]).toEqual([0, 1]);
  });

  it('keeps rows together that nothing tells apart', () => {
    expect(growTree([[1], [1], [1]], [false, true, true])).toEqual({ share: 2 / 3 });
  });

  it("says what scikit-learn's tree says of new rows", () => {
    const { tall, tree } = reference;
    const own = growTree(tall.x, tall.y.map(Boolean));
    const sure = tree.shares.flatMap((share, i) => (share === null ? [] : [i]));
    expect(sure.length).toBeGreaterThan(20);
    for (const i of sure) expect(treeShare(own, tree.rows[i]!)).toBe(tree.shares[i]);
    tall.x.forEach((row, i) => expect(treeShare(own, row)).toBe(tall.y[i]));
  });
});

describe('A forest', () => {
  it('finds in new rows what no line finds, and nothing where labels mean nothing', () => {
    const [train, test] = [crossed(200, 1), crossed(200, 2)];
    const forest = fitForest(train.x, train.y, { trees: 100, seed: 1 });
    const shares = test.x.map((row) => forestShare(forest, row));
    expect(rocAuc(shares, test.y).auc).toBeGreaterThan(0.85);
    const shuffled = fitForest(train.x, Random.stream(3, 's').shuffle(train.y), { trees: 100, seed: 1 });
    const { interval } = rocAuc(
      test.x.map((row) => forestShare(shuffled, row)),
      test.y,
      0.99,
    );
    expect(interval[0]).toBeLessThan(0.5);
    expect(interval[1]).toBeGreaterThan(0.5);
  });

  it('repeats with its seed, and differs with another', () => {
    const { x, y } = crossed(60, 1);
    const grown = (seed: number): string => JSON.stringify(fitForest(x, y, { trees: 3, seed }));
    expect(grown(1)).toBe(grown(1));
    expect(grown(1)).not.toBe(grown(2));
  });

  it('refuses no rows, no trees, and more columns than there are', () => {
    expect(() => fitForest([], [], { trees: 1, seed: 1 })).toThrow('rows, found 0');
    expect(() => fitForest([[1]], [true], { trees: 0, seed: 1 })).toThrow('Expected one tree or more, found 0');
    expect(() => fitForest([[1]], [true], { trees: 1, tries: 2, seed: 1 })).toThrow('Expected 1 to 1 columns to try');
  });
});
