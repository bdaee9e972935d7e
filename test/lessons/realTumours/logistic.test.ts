import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../../lib/settings.ts';
import { fitLogistic, linearScore, sigmoid } from '../../../notebooks/lessons/realTumours/logistic.ts';
import { cholesky, solveCholesky } from '../../../notebooks/lessons/realTumours/solvePositive.ts';

interface Fitted {
  x: number[][];
  y: number[];
  fits: { penalty: number; intercept: number; weights: number[] }[];
}
const reference = JSON.parse(readFileSync(projectPath('test/lessons/realTumours/reference.json'), 'utf8')) as {
  tall: Fitted;
  wide: Fitted;
};

describe('A system of equations', () => {
  it('is solved, by hand', () => {
    // 4x + 2y = 10, 2x + 5y = 13
    const x = solveCholesky(cholesky(Float64Array.of(4, 0, 2, 5), 2)!, Float64Array.of(10, 13));
    expect(x[0]).toBeCloseTo(1.5, 14);
    expect(x[1]).toBeCloseTo(2, 14);
  });

  it('has no answer where the matrix is not positive definite', () => {
    expect(cholesky(Float64Array.of(1, 0, 1, 1), 2)).toBeUndefined();
    expect(cholesky(Float64Array.of(1, 0, 2, 1), 2)).toBeUndefined();
  });
});

describe('Logistic regression', () => {
  it('without columns that tell anything gives the share, by hand', () => {
    const { intercept, weights } = fitLogistic([[0], [0], [0], [0]], [true, false, true, true], { penalty: 1 });
    expect(intercept).toBeCloseTo(Math.log(3), 8);
    expect(weights[0]).toBeCloseTo(0, 14);
  });

  it("gives scikit-learn's weights, with more rows than columns and with fewer", () => {
    for (const { x, y, fits } of [reference.tall, reference.wide]) {
      const labels = y.map(Boolean);
      for (const { penalty, intercept, weights } of fits) {
        const own = fitLogistic(x, labels, { penalty });
        expect(Math.abs(own.intercept - intercept)).toBeLessThan(1e-5);
        for (const [j, w] of weights.entries()) expect(Math.abs(own.weights[j]! - w)).toBeLessThan(1e-5);
      }
    }
  });

  it('is at a minimum: the gradient is 0 wherever it began', () => {
    const { x, y } = reference.tall;
    const labels = y.map(Boolean);
    const far = { intercept: -8, weights: new Float64Array(6).fill(5) };
    for (const start of [undefined, far]) {
      const fit = fitLogistic(x, labels, { penalty: 2, start });
      const errors = x.map((row, i) => sigmoid(linearScore(fit, row)) - Number(labels[i]));
      expect(errors.reduce((sum, e) => sum + e, 0)).toBeCloseTo(0, 6);
      for (const j of [0, 3, 5])
        expect(errors.reduce((sum, e, i) => sum + e * x[i]![j]!, 2 * fit.weights[j]!)).toBeCloseTo(0, 6);
    }
  });

  it('does not care for the order of rows, and turns with the labels', () => {
    const row = fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }));
    const unit = fc.record({ row, ill: fc.boolean() });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 4, maxLength: 30 }), (units) => {
        const [x, y] = [units.map((u) => u.row), units.map((u) => u.ill)];
        fc.pre(new Set(y).size === 2);
        const fit = fitLogistic(x, y, { penalty: 0.5 });
        const back = fitLogistic([...x].reverse(), [...y].reverse(), { penalty: 0.5 });
        const turned = fitLogistic(
          x,
          y.map((v) => !v),
          { penalty: 0.5 },
        );
        for (const j of [0, 1]) {
          expect(back.weights[j]).toBeCloseTo(fit.weights[j]!, 6);
          expect(turned.weights[j]).toBeCloseTo(-fit.weights[j]!, 6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what it cannot fit, in a sentence', () => {
    const [x, y] = [
      [[0], [1], [2]],
      [false, false, true],
    ];
    expect(() => fitLogistic(x, y, { penalty: 0 })).toThrow('Expected classes that no plane separates');
    expect(() => fitLogistic(x, y, { penalty: -1 })).toThrow('Expected a penalty of 0 or more, found -1');
    expect(() => fitLogistic(x, [true, true, true], { penalty: 1 })).toThrow('Expected rows of both kinds');
    expect(() => fitLogistic([[0], [NaN], [2]], y, { penalty: 1 })).toThrow('finite numbers in row 1');
    expect(() => fitLogistic([[0], [1, 2], [2]], y, { penalty: 1 })).toThrow('Expected 1 values in row 1, found 2');
  });
});
