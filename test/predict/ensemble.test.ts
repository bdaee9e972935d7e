/** Which networks may be averaged. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { openEnsemble, type Predictor } from '../../lib/predict/ensemble.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { thresholdModel } from './fake.ts';

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
