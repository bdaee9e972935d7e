/** The metrics of each class against MONAI's (classPeers.py made the values). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scoreMasks } from '../../lib/evaluate/metrics.ts';
import { maskOfValue } from '../../lib/volume/values.ts';

const { voxels, ...peers } = JSON.parse(readFileSync(new URL('classPeers.json', import.meta.url), 'utf8')) as {
  voxels: number[];
} & Record<'dice' | 'hd95DirectedMm' | 'nsd1Voxels' | 'nsd2Voxels', number[]>;

const shape = [14, 12, 9] as const;
function labelsOf(dx: number, dy: number): Uint8Array {
  return Uint8Array.from({ length: 14 * 12 * 9 }, (_, i) => {
    const [x, y, z] = [i % 14, Math.floor(i / 14) % 12, Math.floor(i / (14 * 12))];
    if ((x - 8 - dx) ** 2 + (y - 5 + dy) ** 2 + 4 * (z - 4) ** 2 <= 5) return 2;
    return Number(4 * (x - 6 - dx) ** 2 + 9 * (y - 5 - dy) ** 2 + 16 * (z - 4) ** 2 <= 110);
  });
}
const [reference, prediction] = [labelsOf(0, 0), labelsOf(1, 1)];
const count = (label: Uint8Array, c: number): number => label.filter((v) => v === c).length;

describe('Metrics of two classes', () => {
  it('are of the masks that MONAI saw', () => {
    expect([reference, prediction].flatMap((label) => [count(label, 1), count(label, 2)])).toEqual(voxels);
  });
  for (const c of [1, 2])
    it(`are MONAI's for class ${c}`, () => {
      const [mask, truth] = [prediction, reference].map((label) => maskOfValue(label, c));
      const { values } = scoreMasks(mask, truth, shape, [0.8, 1.1, 2.5]);
      for (const name of ['dice', 'hd95DirectedMm', 'nsd1Voxels', 'nsd2Voxels'] as const)
        expect(values[name], name).toBeCloseTo(peers[name][c - 1], 6);
    });
});
