/** Which networks may be averaged. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { openEnsemble, type Predictor } from '../../lib/predict/ensemble.ts';
import { predictWith } from '../../lib/predict/volume.ts';
import { nativeGrid, scaledGrid } from '../../lib/preprocess/grid.ts';
import { obliqueVolume, thresholdModel } from './fake.ts';

let one: Predictor;
beforeAll(async () => {
  const grid = nativeGrid(16, 16);
  one = { model: await thresholdModel(grid.size, 1, 0.5), grid, windowHu: [-160, 240], sha256: 'b' };
});
const { classes } = parseClasses('pancreas=1,tumour=2');

describe('An ensemble', () => {
  it('is told from others whatever the order of its networks', () => {
    const { members, sha256 } = openEnsemble([one, { ...one, sha256: 'a' }], {});
    expect([members.length, sha256]).toEqual([2, 'a+b']);
    for (const { network } of members) network.close();
  });

  it('looks through several windows where its networks ask for it, and says the mean of what they see', async () => {
    const scales = [0.5, 1, 1.5];
    const volume = obliqueVolume();
    const look = async (predictor: Predictor): Promise<Float32Array> => {
      const { members } = openEnsemble([predictor], {});
      const { probability } = await predictWith(members, volume);
      for (const { network } of members) network.close();
      return probability.data;
    };
    const each = await Promise.all(scales.map((scale) => look({ ...one, grid: scaledGrid(one.grid, scale) })));
    const together = await look({ ...one, scales });
    const mean = Float64Array.from(together, (_, i) => each.reduce((sum, map) => sum + map[i]!, 0) / scales.length);
    expect(Math.max(...mean.map((v, i) => Math.abs(v - together[i]!)))).toBeLessThan(1e-6);
    expect(new Set(Array.from(mean, (v) => v.toFixed(2))).size).toBeGreaterThan(3);
    expect(openEnsemble([{ ...one, scales }], {}).sha256).toBe('b@0.5,1,1.5');
  });

  it('refuses no network, one twice, and different windows', () => {
    expect(() => openEnsemble([], {})).toThrow('Expected a network to predict with, found none');
    expect(() => openEnsemble([one, one], {})).toThrow('Expected different networks to average');
    expect(() => openEnsemble([one, { ...one, sha256: 'a', windowHu: [0, 1] }], {})).toThrow(
      'trained with one HU window',
    );
  });

  it('refuses other classes, and a threshold where the likeliest of several is taken', () => {
    expect(() => openEnsemble([one, { ...one, sha256: 'a', classes }], {})).toThrow(
      'Expected networks of the same classes, to average them, found no named one and pancreas=1,tumour=2',
    );
    expect(() => openEnsemble([{ ...one, classes }], { threshold: 0.3 })).toThrow(
      'Expected no --threshold of a network',
    );
    expect(openEnsemble([{ ...one, classes: classes.slice(0, 1) }], { threshold: 0.3 }).members).toHaveLength(1);
  });
});
