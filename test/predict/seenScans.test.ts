import { describe, expect, it } from 'vitest';
import { scanNumbers, seenScansIn } from '../../lib/predict/seenScans.ts';
import { side, sliceOf, slicesOfBodies } from './scans.ts';

const numbers = (set: ReturnType<typeof slicesOfBodies>) =>
  seenScansIn(
    set,
    set.entries.map((_, i) => i),
  );

describe('the numbers of a scan', () => {
  it('are the middle of its soft tissue, the size of its body in mm and the mean of its organ', () => {
    const { hu, mask } = sliceOf({ rows: 20, columns: 30 });
    const found = scanNumbers([{ hu, mask, height: side, width: side, spacingMm: [2, 3] }])!;
    expect(found).toMatchObject({ softHu: 60, organHu: 100, pixelMm: 2 });
    // 96 % of the tissue, and the mean over 3 × 3 pixels loses the rim to the air: some rows less than 20
    expect(found.bodyMm[0]).toBeGreaterThan(2 * 16);
    expect(found.bodyMm[0]).toBeLessThanOrEqual(2 * 20);
    expect(found.bodyMm[1]).toBeGreaterThan(3 * 26);
    expect(found.bodyMm[1]).toBeLessThanOrEqual(3 * 30);
  });
  it('are none of air', () => {
    const hu = new Float32Array(side * side).fill(-1000);
    const mask = new Uint8Array(side * side);
    expect(scanNumbers([{ hu, mask, height: side, width: side, spacingMm: [1, 1] }])).toBeUndefined();
    expect(scanNumbers([])).toBeUndefined();
  });
});

describe('the numbers of training scans', () => {
  it('are the least, the middle and the most of the patients', () => {
    const seen = numbers(slicesOfBodies([{ bodyHu: 50 }, { bodyHu: 55 }, { bodyHu: 70, organHu: 110 }]))!;
    expect(seen).toMatchObject({ patients: 3, slices: 6, pixelMm: { least: 2, middle: 2, most: 2 } });
    expect(seen.softHu).toEqual({ least: 50, middle: 55, most: 70 });
    expect(seen.organHu).toEqual({ least: 100, middle: 100, most: 110 });
    expect(seen.sliceMm).toEqual({ least: 3, middle: 3, most: 3 });
  });
  it('are those of the training side alone', () => {
    const set = slicesOfBodies([{ bodyHu: 50 }, { bodyHu: 90 }]);
    expect(seenScansIn(set, [0, 1])!.softHu.most).toBe(50);
  });
  it('are unknown of pictures, and of slices without soft tissue', () => {
    const set = slicesOfBodies([{}]);
    expect(numbers({ ...set, manifest: { ...set.manifest, unit: 'px' } })).toBeUndefined();
    expect(numbers(slicesOfBodies([{ bodyHu: -100, organHu: -100 }]))).toBeUndefined();
  });
});

describe('the ranges of training scans', () => {
  it('are worked out once for a set, however often its patients are described', () => {
    const set = slicesOfBodies([{ bodyHu: 50 }, { bodyHu: 90 }]);
    let reads = 0;
    const counted = { ...set, read: (i: number) => (reads++, set.read(i)) };
    const [first, again] = [seenScansIn(counted, [0, 1, 2, 3]), seenScansIn(counted, [0, 1, 2, 3])];
    expect(again).toEqual(first);
    expect(reads).toBe(4);
    expect(seenScansIn(counted, [0, 1])!.softHu.most).toBe(50);
    expect(reads).toBe(4);
  });
});
