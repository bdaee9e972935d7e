import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import {
  boundaryRows,
  gradientSharesOf,
  halfRightGuess,
  lossMapsOf,
  shownLosses,
} from '../../../notebooks/lessons/boundaryAware/lossMaps.ts';
import { publishedDefects } from '../../../notebooks/lessons/boundaryAware/publishedDefects.ts';

const size = { height: 32, width: 32 };
const label = Uint8Array.from({ length: 1024 }, (_, i) =>
  Number(Math.floor(i / 32) >= 8 && Math.floor(i / 32) < 16 && i % 32 >= 12 && i % 32 < 22),
);
const share = label.reduce((sum, v) => sum + v, 0) / label.length;

describe('maps of losses', () => {
  beforeAll(() => startEngine('cpu'));

  it('of cross-entropy are −log p_y and (p − y) / number of pixels', () => {
    const probability = halfRightGuess(label, size);
    const slice = { values: probability, ...size, spacingMm: [1, 1] as const, range: [0, 1] as const };
    const {
      shown,
      maps: [map],
    } = lossMapsOf({ slice, label, probability }, 20, shownLosses.slice(0, 1));
    expect(map.gradient).toHaveLength(400);
    for (let i = 0; i < 400; i++) {
      const [p, y] = [shown.probability[i], shown.label[i]];
      expect(map.loss![i]).toBeCloseTo(-Math.log(y ? p : 1 - p), 4);
      expect(map.gradient[i]).toBeCloseTo((p - y) / 1024, 6);
    }
  });

  it('at 0.5 everywhere give cross-entropy the share of the organ, and soft Dice far more than its share', () => {
    const half = new Float32Array(1024).fill(0.5);
    const shares = Object.fromEntries(gradientSharesOf(label, half, size).map((one) => [one.name, one]));
    expect(shares['Cross-entropy'].foreground).toBeCloseTo(share, 5);
    expect(shares['Soft Dice'].foreground).toBeGreaterThan(4 * share);
    for (const { foreground, around, background } of Object.values(shares))
      expect(foreground + around + background).toBeCloseTo(1, 6);
  });

  it('judge a guess that overlaps the label, has a false island, and stays a probability', () => {
    const guess = halfRightGuess(label, size);
    const inside = guess.reduce((sum, p, i) => sum + (label[i] && p >= 0.5 ? 1 : 0), 0);
    expect(inside / (share * 1024)).toBeGreaterThan(0.5);
    expect(guess.some((p, i) => p > 0.3 && i % 32 < 10 && Math.floor(i / 32) > 18)).toBe(true);
    expect(guess.every((p) => p >= 0.0099 && p <= 0.951)).toBe(true);
  });
});

describe('the boundary of a mask', () => {
  beforeAll(() => startEngine('cpu'));

  it('weighs a straight edge by 1 + 5 · 4, and has no weight along x in the published code', () => {
    const {
      size: window,
      rows: [meant, published],
    } = boundaryRows(label, size);
    const at = (map: { values: ArrayLike<number> }, y: number, x: number): number => map.values[y * window.width + x];
    const values = Array.from(meant.maps[3].values);
    expect(Math.max(...values)).toBeGreaterThanOrEqual(21);
    expect(values.filter((v) => v === 21).length).toBeGreaterThan(20);
    // the middle of the upper edge: the window is centred on the mask
    const [y, x] = [(window.height >> 1) - 4, window.width >> 1];
    expect(at(meant.maps[2], y, x)).toBe(4);
    expect(at(published.maps[0], y, x)).toBe(0);
    expect(at(published.maps[1], y, x)).toBe(2);
  });
});

describe('the defects of the published losses', () => {
  beforeAll(() => startEngine('cpu'));

  it('are shown by number: a network that finds nothing reads near 0.99 or so, and its boundary loss stops', () => {
    const rows = publishedDefects(label, halfRightGuess(label, size), size);
    expect(rows).toHaveLength(6);
    const says = rows.map((row) => String(row['what it says']));
    expect(Number(says[0].slice(0, 5))).toBeGreaterThan(0.85);
    expect(says[3]).toContain('no gradient');
    expect(says[5]).toContain('Expected labels below 2');
    expect(parseFloat(says[1])).toBeLessThan(parseFloat(String(rows[1]['what is meant'])));
  });
});
