/** Each bad mask is wrong in its own way, and the command that is said to tell it does. */
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeLabelFlip } from '../../../lib/dataset/labelFlip.ts';
import { makePhantomPatient } from '../../../lib/dataset/phantom.ts';
import { dice, overlapCounts } from '../../../lib/evaluate/overlap.ts';
import { Random } from '../../../lib/random.ts';
import { measureMask } from '../../../lib/report/measure.ts';
import { geometryDifference, toCanonical } from '../../../lib/volume/orientation.ts';
import { type ShownMask, shownMasks, type Truth } from '../../../notebooks/lessons/badMasks/masks.ts';

let truth: Truth;
let masks: Record<string, ShownMask['mask']>;
const organ = (data: Uint8Array): Uint8Array => data.map((v) => (v ? 1 : 0));
const diceOf = (name: string): number => dice(overlapCounts(organ(masks[name]!.data), organ(truth.label.data)));

beforeAll(() => {
  const made = makePhantomPatient(1, { seed: 1, size: [64, 64, 24] });
  truth = { image: toCanonical(made.image), label: toCanonical(made.label) };
  masks = Object.fromEntries(shownMasks(truth, Random.stream(1, 'bad masks')).map(({ name, mask }) => [name, mask]));
});

describe('the masks of the checklist', () => {
  it('begin with a good one, on the grid of the image', () => {
    expect(diceOf('good')).toBeGreaterThan(0.8);
    expect(geometryDifference(truth.image, masks.good!)).toBeUndefined();
  });
  it('have one that the anatomy tells to be mirrored', () => {
    expect(judgeLabelFlip(truth.image, truth.label, { 1: 1, 2: 1 }).verdict).toBe('as-affine');
    expect(judgeLabelFlip(truth.image, masks.flipped!, { 1: 1 }).verdict).toBe('mirrored-y');
    expect(diceOf('flipped')).toBeLessThan(0.3);
  });
  it('have one whose voxels are right and whose grid is not', () => {
    expect(diceOf('respaced')).toBe(1);
    expect(geometryDifference(truth.image, masks.respaced!)).toMatch(/spacing|affine/);
  });
  it('have one that is too large, and less like one organ in its HU', () => {
    const [good, leaked] = ['good', 'leaked'].map((name) => measureMask(truth.image, masks[name]!).whole);
    expect(leaked!.volumeMl).toBeGreaterThan(1.3 * good!.volumeMl);
    const { tp, fn } = overlapCounts(masks.leaked!.data, organ(truth.label.data));
    expect([tp > 0, fn]).toEqual([true, 0]);
  });
  it('have one in pieces', () => {
    const [good, gapped] = ['good', 'gapped'].map((name) => measureMask(truth.image, masks[name]!).whole);
    expect(gapped!.parts).toBeGreaterThan(good!.parts + 1);
  });
  it('have one whose classes are exchanged, which all foreground together does not tell', () => {
    expect(diceOf('swapped')).toBe(1);
    for (const [i, v] of masks.swapped!.data.entries()) expect(v).toBe([0, 2, 1][truth.label.data[i]!]);
  });
});
