import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { projectPath } from '../../../lib/settings.ts';
import { fitCombat, harmonise } from '../../../notebooks/lessons/realTumours/combat.ts';

const { combat: wanted } = JSON.parse(readFileSync(projectPath('test/lessons/realTumours/reference.json'), 'utf8')) as {
  combat: { x: number[][]; batch: number[]; adjusted: number[][] };
};

describe('ComBat', () => {
  it("gives neuroCombat's values", () => {
    const batches = wanted.batch.map(String);
    const fit = fitCombat(wanted.x, batches);
    wanted.x.forEach((row, i) => {
      for (const [j, value] of harmonise(fit, row, batches[i]!).entries())
        expect(Math.abs(value - wanted.adjusted[i]![j]!)).toBeLessThan(1e-9);
    });
  });

  it('takes shift and scale of a batch off, and keeps what is within it', () => {
    const random = Random.stream(1, 'combat');
    const batches = Array.from({ length: 200 }, (_, i) => (i < 100 ? 'a' : 'b'));
    const x = batches.map((batch) => {
      const shared = random.normal();
      return Array.from({ length: 6 }, () => shared + random.normal()).map((v) => (batch === 'a' ? v : 3 * v + 10));
    });
    const fit = fitCombat(x, batches);
    const [a, b] = ['a', 'b'].map((batch) =>
      x.filter((_, i) => batches[i] === batch).map((row) => harmonise(fit, row, batch)[0]!),
    ) as [number[], number[]];
    const meanOf = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    const sdOf = (values: number[]): number => Math.sqrt(meanOf(values.map((v) => (v - meanOf(values)) ** 2)));
    expect(Math.abs(meanOf(a) - meanOf(b))).toBeLessThan(0.1 * sdOf(a));
    expect(sdOf(a) / sdOf(b)).toBeCloseTo(1, 1);
  });

  it('leaves constant columns alone, and refuses lonely rows, unknown batches and too few columns', () => {
    const x = [
      [1, 2, 0, 7],
      [2, 1, 3, 7],
      [3, 5, 1, 7],
      [5, 4, 4, 7],
    ];
    expect(harmonise(fitCombat(x, ['a', 'a', 'b', 'b']), x[0]!, 'a')[3]).toBe(7);
    expect(() => fitCombat(x, ['a', 'a', 'a', 'b'])).toThrow(
      'Expected batches of two rows or more, found one row in b',
    );
    expect(() => harmonise(fitCombat(x, ['a', 'a', 'b', 'b']), x[0]!, 'c')).toThrow(
      'Expected a batch of a, b, found c',
    );
    expect(() => fitCombat([[1], [2], [3], [5]], ['a', 'a', 'b', 'b'])).toThrow('Expected three columns or more');
  });
});
