import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../lib/statistics/summary.ts';

const peers = JSON.parse(readFileSync(new URL('peers.json', import.meta.url), 'utf8')) as {
  pairs: {
    network: string;
    medpy: { dc: number; hd95: number; assd: number };
    monai: { hd95: number };
    surface_distance: { hd95: number; nsd: number[] };
  }[];
};
const document = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

describe('docs/metrics.md', () => {
  it('gives for each network the means that follow from the values of MedPy, MONAI and surface-distance', () => {
    const networks = [...new Set(peers.pairs.map(({ network }) => network))];
    expect(networks).toHaveLength(8);
    for (const network of networks) {
      const own = peers.pairs.filter((pair) => pair.network === network);
      const dice = summarise(own.map(({ medpy }) => medpy.dc));
      const mean = (value: (pair: (typeof own)[number]) => number, digits: number): string =>
        summarise(own.map(value)).mean.toFixed(digits);
      const row = document
        .split('\n')
        .find((line) => line.startsWith(`| ${network} |`))!
        .split('|')
        .map((cell) => cell.trim());
      expect(row.slice(2, 4)).toEqual([`${dice.mean.toFixed(3)} ± ${dice.sd.toFixed(3)}`, dice.median.toFixed(3)]);
      expect(row.slice(5, 10)).toEqual([
        mean((pair) => pair.surface_distance.nsd[1], 3),
        mean((pair) => pair.medpy.hd95, 1),
        mean((pair) => pair.monai.hd95, 1),
        mean((pair) => pair.surface_distance.hd95, 1),
        mean((pair) => pair.medpy.assd, 2),
      ]);
    }
  });
});
